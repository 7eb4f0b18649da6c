"""Many at the door at once."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import encrypt
from django.db import connection
from django.test import Client

from accounts import files
from accounts.models import StoredFile, User
from healthstack.lib.rules import RuleBroken
from healthstack.lib.uploads import look
from patients.models import Patient
from tests.entrance.steps import CODE, letters, log_in, sign_up
from tests.entrance.test_two_step import SECOND, code_of, half_in
from tests.factories import picture

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


def test_many_uploads_at_once_find_no_more_room_than_there_is(settings, patient):
    settings.FILES_OF_A_PERSON = 3
    upload = look(picture(), files.PORTRAIT)

    def send(n):
        try:
            return files.take(upload, owner=patient.user, kinds=files.PORTRAIT, by=patient.user).pk
        except RuleBroken:
            return None

    kept = [key for key in together(send) if key]
    assert len(kept) == StoredFile.objects.count() == 3


def test_one_code_lets_in_one_of_many_who_send_it_at_once(patient):
    secret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
    Authenticator.objects.create(user=patient.user, type="totp", data={"secret": encrypt(secret)})
    browsers = [half_in() for _n in range(PEOPLE)]
    code = code_of(secret)
    answers = together(lambda n: browsers[n].post(SECOND, {"code": code}))
    statuses = Counter(answer.status_code for answer in answers)
    assert statuses[302] == 1 and set(statuses) <= {302, 422, 429}
