"""Every page of the panel: it answers, keeps to its budget, and carries nothing that the content policy refuses."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.audit import record
from accounts.models import Mail, User
from healthstack.lib import clock
from tests.factories import DoctorFactory, HospitalFactory, UserFactory, book
from tests.panel.conftest import every_list

LISTS = [name for name, _desk in every_list()]
MOST_QUERIES = 12
INLINE = re.compile(r"<style|<script(?![^>]* src=)|\sstyle=|\son[a-z]+=|javascript:", re.IGNORECASE)


@pytest.fixture
def town(hospital, doctor, other_doctor, pending_doctor, patient, appointment, confirmed, hospital_admin):
    """Something in every list."""
    Mail.objects.create(
        to="gone@example.org", subject="Your visit", attempts=8, next_try_at=None, error="SMTPException"
    )
    Mail.objects.create(to="next@example.org", subject="Your visit")


def many(n):
    """n more of everything that a list shows."""
    for number in range(n):
        hospital = HospitalFactory(name=f"Ward {number}", slug=f"ward-{number}", city=f"City {number}")
        doctor = DoctorFactory(hospitals=[hospital], hours=())
        record("doctors.changed", by=doctor.user, about=doctor)
        record("hospitals.changed", by=doctor.user, about=hospital)
        Mail.objects.create(to=f"m{number}@example.org", subject="x", attempts=1)
        Group.objects.create(name=f"Group {number}")


def queries_of(browser, address):
    with CaptureQueriesContext(connection) as seen:
        assert browser.get(address).status_code == 200
    return [query["sql"] for query in seen.captured_queries]


@pytest.mark.parametrize("name", ["admin:index", *(f"{name}_changelist" for name in LISTS)])
def test_lists_keep_to_their_budget_however_long_they_are(name, desk, town):
    address = reverse(name)
    few = queries_of(desk, address)
    many(12)
    more = queries_of(desk, address)
    assert len(more) <= MOST_QUERIES, "\n".join(more)
    assert len(more) <= len(few) + 2  # the names of other kinds of rows in the trail
    many_again = queries_of(desk, address)
    assert len(many_again) == len(more)


def pages(administrator, doctor, hospital):
    """The addresses of every page that a click can open."""
    for name, desk in every_list():
        row = desk.model.objects.first()
        yield reverse(f"{name}_changelist")
        if row is not None:
            yield reverse(f"{name}_change", args=[row.pk])
            yield reverse(f"{name}_history", args=[row.pk])
        if desk.model._meta.label in ("doctors.Doctor", "hospitals.Hospital", "auth.Group", "doctors.Specialty"):
            yield reverse(f"{name}_add")
    yield "/admin/"
    yield reverse("admin:doctors_doctor_suspend") + f"?pick={doctor.pk}"
    yield reverse("admin:hospitals_hospital_suspend") + f"?pick={hospital.pk}"
    yield reverse("admin:accounts_user_disable") + f"?pick={doctor.user.pk}"
    yield reverse("admin:doctors_doctor_kept")
    yield reverse("admin:hospitals_hospital_kept")


def test_every_page_answers_in_the_frame_and_within_the_policy(desk, town, administrator, doctor, hospital):
    Group.objects.create(name="Own")
    addresses = [
        *pages(administrator, doctor, hospital),
        reverse("admin:auth_group_delete", args=[Group.objects.get(name="Own").pk]),
    ]
    assert len(addresses) > 25
    for address in addresses:
        answer = desk.get(address)
        assert answer.status_code == 200, address
        policy = answer["Content-Security-Policy"]
        assert "script-src 'self'" in policy and "style-src 'self'" in policy and "unsafe" not in policy
        assert answer["Cache-Control"] == "no-store, private"
        page = answer.content.decode()
        assert 'class="bar"' in page and page.count("<h1") == 1, address
        assert not INLINE.search(page), (address, INLINE.search(page))
        assert "/static/admin/" not in page, address  # nothing of Django's own scripts and styles
        assert "jquery" not in page.lower()


def test_the_overview_counts_and_shows_the_queues(desk, town, patient):
    answer = desk.get("/admin/")
    page = answer.content.decode()
    assert "Review next doctor" in page and "Tara Bose" in page and "gone@example.org" in page
    figures = page.partition('<div class="split">')[0] + page.partition('id="visits-h"')[2].partition("</section>")[0]
    assert patient.name not in figures  # numbers of visits, never whose they are


def test_the_overview_of_an_empty_house(desk):
    page = desk.get("/admin/").content.decode()
    assert "No visits today." in page and "Nobody waits." in page and "All mails left." in page


def test_lists_search_filter_sort_and_page(desk, hospital):
    for number in range(30):
        DoctorFactory(name=f"Nila {'Even' if number % 2 else 'Odd'} {number:02}", email=f"nila{number}@example.org")
    address = reverse("admin:doctors_doctor_changelist")
    first = desk.get(address).content.decode()
    assert first.count('name="pick"') == 25 and "30 in all" in first and "?p=2" in first
    assert desk.get(f"{address}?p=2").content.decode().count('name="pick"') == 5
    found = desk.get(f"{address}?q=nila7%40example").content.decode()
    assert found.count('name="pick"') == 1 and "1 found" in found
    both = desk.get(f"{address}?q=nila+even&p=1").content.decode()
    assert both.count('name="pick"') == 15
    backwards = desk.get(f"{address}?o=-0").content.decode()
    assert backwards.index("Odd 28") < backwards.index("Odd 02")
    assert desk.get(f"{address}?q=nobody").content.decode().count("Nothing fits") == 1


def test_a_place_or_state_or_specialty_narrows_the_doctors(desk, doctor, other_doctor, pending_doctor, other_hospital):
    address = reverse("admin:doctors_doctor_changelist")

    def names(query):
        page = desk.get(address + query).content.decode()
        return {
            name
            for name in ("Neha Sharma", "Vikram Rao", "Tara Bose")
            if f">Dr {name}" in page or f"</span>Dr {name}" in page
        }

    assert names("?state=pending") == {"Tara Bose"}
    assert names("?place=luck") == {"Neha Sharma", "Vikram Rao", "Tara Bose"}
    assert names("?place=sahara") == {"Neha Sharma", "Vikram Rao", "Tara Bose"}
    assert names("?place=pune") == set()
    cardiology = other_doctor.specialties.get().pk
    assert names(f"?specialty={cardiology}") == {"Vikram Rao"}
    assert names("?state=nonsense&specialty=999") == {"Neha Sharma", "Vikram Rao", "Tara Bose"}


def test_unknown_parameters_open_nothing(desk, doctor):
    """Django's admin would filter by any column, the password's first letters among them."""
    address = reverse("admin:accounts_user_changelist")
    whole = desk.get(address).content.count(b'name="pick"')
    for query in ("password__startswith=md5", "id__in=x", "groups__permissions__codename=open_panel", "is_active=0"):
        answer = desk.get(f"{address}?{query}")
        assert (answer.status_code, answer.content.count(b'name="pick"')) == (200, whole)


def test_the_trail_never_counts(desk, administrator):
    for number in range(120):
        with clock.at(clock.now() - timedelta(minutes=number)):
            record("accounts.enabled", by=administrator, about=administrator)
    address = reverse("admin:accounts_auditentry_changelist")
    assert not [sql for sql in queries_of(desk, address) if "COUNT(" in sql.upper() and "auditentry" in sql]
    page = desk.get(address)
    after = re.search(r'href="\?after=([^"]+)"', page.content.decode())[1]
    second = desk.get(f"{address}?after={after}")
    assert second.status_code == 200 and b"To the beginning" in second.content
    assert page.content.count(b"<tr>") == second.content.count(b"<tr>") == 51


def test_a_doctor_without_a_password_is_told_how(desk, hospital):
    doctor = DoctorFactory(email="new@example.org")
    User.objects.filter(pk=doctor.user.pk).update(password="!")
    page = desk.get(reverse("admin:doctors_doctor_change", args=[doctor.pk])).content.decode()
    assert "Forgot password" in page


def test_the_kept_page_says_nothing_medical(desk, patient, doctor):
    visit = book(patient, doctor, message="Blood in my urine since Monday")
    from appointments import workflow

    workflow.suspend_doctor(doctor=doctor, reason="Licence lapsed", by=UserFactory())
    page = desk.get(reverse("admin:doctors_doctor_kept")).content.decode()
    assert patient.name in page and "Blood in my urine" not in page
    assert visit.get_visit_type_display() not in page
