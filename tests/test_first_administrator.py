"""A fresh site has nobody in it; its first administrator is made on the command line."""

import pytest
from django.core.management import call_command

from accounts.models import User

pytestmark = pytest.mark.django_db


def test_a_fresh_site_has_no_accounts():
    assert not User.objects.exists()


def test_the_first_administrator_opens_the_panel(monkeypatch, client):
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", "a long walk in the rain")
    call_command("createsuperuser", email="Owner@Example.org", name="Owner", interactive=False, verbosity=0)
    owner = User.objects.get(email="owner@example.org")
    client.force_login(owner)
    assert client.get("/admin/").status_code == 200


def test_no_flag_opens_what_no_group_opens(client, patient):
    patient.user.is_superuser = True
    patient.user.save()
    client.force_login(patient.user)
    assert client.get("/admin/").status_code == 403
