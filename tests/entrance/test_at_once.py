"""Many at the door at once."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.test import Client

from accounts.models import User
from patients.models import Patient
from tests.entrance.steps import CODE, letters, log_in, sign_up

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
PEOPLE = 12


def together(act):
    """What `act(n)` gave to each of them, all at the same time."""

    def one(n):
        try:
            return act(n)
        finally:
            connection.close()

    with ThreadPoolExecutor(PEOPLE) as people:
        return list(people.map(one, range(PEOPLE)))


def test_one_address_becomes_one_patient(settings):
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    # Letters to one address are limited; who comes too fast is told so, and has no account either.
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "confirm_email": None}
    answers = together(lambda n: sign_up(Client(raise_request_exception=False)))
    assert Counter((a.status_code, a.headers.get("Location")) for a in answers) == {(302, CODE): PEOPLE}
    assert User.objects.count() == Patient.objects.count() == 1
    subjects = Counter(mail.subject for mail in letters("kavya@example.org"))
    assert subjects == {"Your HealthStack code": 1, "You have an account at HealthStack already": PEOPLE - 1}


def test_guessing_in_parallel_buys_no_more_tries(patient):
    answers = together(lambda n: log_in(Client(raise_request_exception=False), "patient@example.org", f"wrong {n}"))
    statuses = Counter(a.status_code for a in answers)
    assert statuses.keys() == {422, 429}
    assert statuses[422] <= 8
