"""The guard of tests/guard.py lets workflows write, and nobody else."""

import threading

import pytest
from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.http import HttpResponse
from django.urls import path

from accounts import workflow as accounts
from accounts.models import Notification, User
from doctors.models import Specialty
from tests import guard
from tests.factories import PASSWORD
from tests.guard import WrittenOutsideAWorkflow


@login_not_required
def careless(request):
    Specialty.objects.create(name="Phrenology", title="Phrenologist", slug="phrenology")
    return HttpResponse()


@login_not_required
def many_at_once(request):
    Notification.objects.update(text="")
    return HttpResponse()


@login_not_required
def by_a_link(request):
    User.objects.get().groups.clear()
    return HttpResponse()


@login_not_required
def by_hand(request):
    with connection.cursor() as cursor:
        cursor.execute("UPDATE doctors_doctor SET fee = 0")
    return HttpResponse()


@login_not_required
def swallowing(request):
    try:
        User.objects.get().save()
    except AssertionError:
        return HttpResponse("all is well")


@login_not_required
def proper(request):
    accounts.update_profile(user=User.objects.get(), name="New Name", phone="", by=None)
    return HttpResponse()


VIEWS = (careless, many_at_once, by_a_link, by_hand, swallowing, proper)
urlpatterns = [path(f"{view.__name__}/", view) for view in VIEWS]

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]


@pytest.mark.parametrize("address", ["careless", "many_at_once", "by_a_link", "by_hand"])
def test_a_page_that_writes_is_caught(client, patient, address):
    with pytest.raises(WrittenOutsideAWorkflow):
        client.get(f"/{address}/")
    guard.caught.clear()


def test_a_page_that_swallows_it_is_caught_at_the_end_of_the_test(client, patient):
    assert client.get("/swallowing/").content == b"all is well"
    assert len(guard.caught) == 1
    guard.caught.clear()


def test_a_page_that_calls_a_workflow_may_write(client, patient):
    assert client.get("/proper/").status_code == 200
    assert User.objects.get().name == "New Name"


def test_a_login_may_note_its_moment(client, patient):
    assert client.login(email=patient.user.email, password=PASSWORD)
    patient.user.refresh_from_db()
    assert patient.user.last_login


def test_a_test_may_set_its_stage(db):
    Specialty.objects.create(name="Phrenology", title="Phrenologist", slug="phrenology")


@pytest.mark.django_db(transaction=True)
def test_connections_of_other_threads_are_watched(client):
    seen = []

    def elsewhere():
        try:
            client.get("/careless/")
        except WrittenOutsideAWorkflow as refusal:
            seen.append(refusal)
        finally:
            connection.close()

    thread = threading.Thread(target=elsewhere)
    thread.start()
    thread.join()
    assert len(seen) == 1
    guard.caught.clear()
