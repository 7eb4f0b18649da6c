"""Who may open the panel, and that the other door of Django's admin is closed."""

import pytest
from django.contrib.auth.models import Group, Permission
from django.urls import reverse

from accounts.models import User
from tests.factories import UserFactory
from tests.panel.conftest import every_list

LISTS = [name for name, _desk in every_list()]


def test_a_stranger_is_sent_to_the_one_login(client, db):
    answer = client.get("/admin/doctors/doctor/?state=pending")
    assert answer.status_code == 302
    assert answer.url == "/accounts/login/?next=/admin/doctors/doctor/%3Fstate%3Dpending"


def test_the_admin_has_no_login_of_its_own(client, db):
    for answer in (client.get("/admin/login/"), client.post("/admin/login/", {"username": "x", "password": "y"})):
        assert (answer.status_code, answer.url) == (302, "/accounts/login/?next=/admin/")
    for gone in ("logout/", "password_change/", "jsi18n/", "autocomplete/", "doctors/", "r/1/1/"):
        assert client.post(f"/admin/{gone}").status_code == 302  # to the login, like every address


@pytest.mark.parametrize("who", ["patient", "doctor", "pending_doctor", "hospital_admin", "many_hats"])
@pytest.mark.parametrize("name", ["admin:index", *(f"{name}_changelist" for name in LISTS)])
def test_others_are_turned_away_in_our_frame(who, name, request, sign_in):
    answer = sign_in(request.getfixturevalue(who)).get(reverse(name))
    assert answer.status_code == 403
    assert b'class="bar"' in answer.content


def test_a_closed_administrator_is_a_stranger(administrator, sign_in):
    browser = sign_in(administrator)
    User.objects.filter(pk=administrator.pk).update(is_active=False)
    assert browser.get("/admin/").status_code == 302


def test_without_the_group_the_next_click_is_refused(administrator, sign_in):
    browser = sign_in(administrator)
    assert browser.get("/admin/").status_code == 200
    administrator.groups.clear()
    assert browser.get("/admin/").status_code == 403


@pytest.fixture
def clerk(db):
    """Someone whose own group opens the panel and shows doctors and users, and nothing else."""
    group = Group.objects.create(name="Clerks")
    group.permissions.set(Permission.objects.filter(codename__in=["open_panel", "view_doctor", "view_user"]))
    return UserFactory(email="clerk@example.org", name="Kamala Bai", groups=["Clerks"])


def test_the_rail_shows_what_may_be_opened(clerk, sign_in, desk):
    page = sign_in(clerk).get("/admin/").content.decode()
    assert "/admin/doctors/doctor/" in page and "/admin/accounts/user/" in page
    assert "/admin/hospitals/" not in page and "/admin/auth/" not in page and "What happened" not in page
    full = desk.get("/admin/").content.decode()
    assert all(reverse(f"{name}_changelist") in full for name in LISTS)


def test_who_may_only_look_sees_facts_and_no_form(clerk, sign_in, doctor):
    browser = sign_in(clerk)
    address = reverse("admin:doctors_doctor_change", args=[doctor.pk])
    page = browser.get(address)
    assert page.status_code == 200 and b"Sahara Hospital" in page.content
    assert b'name="registration_number"' not in page.content and b"Suspend" not in page.content
    assert browser.post(address, {"name": "X"}).status_code == 403
    assert browser.get(reverse("admin:doctors_doctor_add")).status_code == 403
    for act in ("suspend", "approve", "reinstate"):
        assert browser.post(reverse(f"admin:doctors_doctor_{act}"), {"pick": doctor.pk}).status_code == 403
    assert browser.get(reverse("admin:doctors_doctor_kept")).status_code == 403
    assert browser.get(reverse("admin:doctors_doctor_history", args=[doctor.pk])).status_code == 403
    assert browser.post(reverse("admin:accounts_user_disable"), {"pick": doctor.user.pk}).status_code == 403
    assert browser.get(reverse("admin:hospitals_hospital_names")).status_code == 403


def test_libraries_have_no_page_in_the_panel():
    apps = {name.partition("_")[0] for name in LISTS}
    assert apps == {"admin:accounts", "admin:appointments", "admin:auth", "admin:doctors", "admin:hospitals"}


def test_nothing_clinical_is_in_the_panel():
    shown = {desk.model._meta.label for _name, desk in every_list()}
    assert shown == {
        "accounts.User",
        "accounts.AuditEntry",
        "accounts.Leaflet",
        "accounts.Mail",
        "appointments.Review",  # what everybody can read on the doctor's page
        "auth.Group",
        "doctors.Doctor",
        "doctors.Specialty",
        "doctors.Language",
        "hospitals.DirectoryImport",
        "hospitals.Hospital",
    }
