"""A new password."""

import pytest

from accounts import workflow
from accounts.models import User
from tests.factories import trail

pytestmark = pytest.mark.django_db


def test_a_new_password_opens_the_account(patient):
    workflow.set_password(user=patient.user, password="three green bottles", by=patient.user)
    assert User.objects.get(pk=patient.user.pk).check_password("three green bottles")
    assert trail(patient.user)[0] == "accounts.password_set"


def test_a_new_password_does_not_open_an_account_that_was_closed_meanwhile(patient, administrator):
    stale = User.objects.get(pk=patient.user.pk)
    workflow.disable_user(user=patient.user, by=administrator)
    workflow.set_password(user=stale, password="three green bottles", by=stale)
    assert not User.objects.get(pk=stale.pk).is_active
