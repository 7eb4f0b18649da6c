"""Search or jump to: what is one's own, and what everybody may find."""

import re

import pytest
from django.utils.html import strip_tags

from appointments import workflow as appointments
from hospitals import workflow as hospitals
from hospitals.models import Hospital
from tests.factories import DoctorFactory, HospitalFactory, PatientFactory, UserFactory, book, free_slots

pytestmark = pytest.mark.usefixtures("monday_morning")


def entries(browser, text=""):
    answer = browser.get("/search/", {"q": text}, headers={"HX-Request": "true"})
    assert answer.status_code == 200 and b"<html" not in answer.content
    found = re.findall(r'<a href="([^"]+)">.*?<span>(.*?)</span></a>', answer.content.decode(), re.S)
    return {re.sub(r"\s+", " ", strip_tags(label)).strip(): url for url, label in found}


class TestPages:
    def test_a_visitor_finds_the_way_in(self, client, db):
        assert set(entries(client)) == {"Search doctors", "Hospitals", "Log in", "Sign up"}
        assert list(entries(client, "sign")) == ["Sign up"]

    def test_everyone_finds_their_own_pages_and_can_open_them(
        self, sign_in, patient, doctor, hospital_admin, administrator, confirmed
    ):
        for person in (patient, doctor, hospital_admin, administrator):
            browser = sign_in(person)
            found = entries(browser)
            assert "Profile" in found
            for label, url in found.items():
                assert browser.get(url, follow=True).status_code == 200, label
        assert "My record" in entries(sign_in(patient), "rec")
        assert "My record" not in entries(sign_in(doctor), "rec")
        assert "Admin panel" not in entries(sign_in(hospital_admin), "panel")

    def test_without_javascript_it_is_a_page(self, client, doctor):
        answer = client.get("/search/?q=sharma")
        assert b"<html" in answer.content and b"Dr Neha Sharma" in answer.content
        assert answer.headers["Vary"].find("HX-Request") >= 0
        assert 'href="/search/"' in client.get("/").content.decode()

    def test_what_is_typed_is_never_markup(self, client, db):
        assert b"<script>x" not in client.get("/search/", {"q": "<script>x</script>"}).content

    @pytest.mark.parametrize("text", ["\x00", "%", "_", "a" * 5000, "\uffff", "' OR 1=1 --", "😀"])
    def test_hostile_text_breaks_nothing(self, sign_in, doctor, confirmed, text):
        entries(sign_in(doctor), text)


class TestDoctorsAndHospitals:
    def test_by_name(self, client, doctor, hospital):
        assert entries(client, "neha") == {
            "Dr Neha Sharma Neurologist, Sahara Hospital, Lucknow": doctor.get_absolute_url()
        }
        found = entries(client, "sahara")
        assert found["Sahara Hospital Lucknow"] == hospital.get_absolute_url()

    def test_a_slip_of_the_pen_is_forgiven(self, client, doctor):
        assert "Dr Neha Sharma Neurologist, Sahara Hospital, Lucknow" in entries(client, "shrama")

    def test_only_who_can_be_found(self, client, doctor, pending_doctor, hospital):
        assert entries(client, "tara") == {}
        appointments.suspend_doctor(doctor=doctor, reason="Licence", by=None)
        assert entries(client, "neha") == {}
        appointments.suspend_hospital(hospital=hospital, reason="Licence", by=None)
        assert entries(client, "sahara") == {}

    def test_a_letter_is_not_enough_and_five_of_a_kind_are(self, client, db):
        for n in range(7):
            DoctorFactory(hospitals=[HospitalFactory(name=f"Zeta {n}")], name=f"Zoe Zimmer {n}", hours=())
        assert entries(client, "z") == {}
        found = entries(client, "ze")
        assert len([url for url in found.values() if url.startswith("/hospitals/")]) == 5
        assert len([url for url in found.values() if url.startswith("/doctors/")]) == 5


class TestPatients:
    """The needle: a patient's name is found by their doctor, and by nobody else, wherever it is looked for."""

    NEEDLE = "Qwertina Needleman"

    @pytest.fixture
    def needle(self, doctor):
        patient = PatientFactory(email="needle@example.org", name=self.NEEDLE)
        appointments.approve(appointment=book(patient, doctor), by=doctor.user)
        return patient

    def test_their_doctor_finds_them(self, sign_in, doctor, needle):
        browser = sign_in(doctor)
        for text in ("qwertina", "needle", "needleman qwer", "QWERTINA"):
            found = entries(browser, text)
            assert found == {self.NEEDLE: f"/patients/{needle.pk}/"}
            assert browser.get(found[self.NEEDLE]).status_code == 200

    def test_nobody_else_does(
        self,
        client,
        sign_in,
        needle,
        patient,
        other_patient,
        other_doctor,
        pending_doctor,
        hospital_admin,
        other_hospital_admin,
        administrator,
        many_hats,
        disabled,
    ):
        strangers = [patient, other_patient, other_doctor, pending_doctor, hospital_admin, other_hospital_admin]
        strangers += [administrator, many_hats]
        for text in ("qwertina", "needle", "qw", "needleman qwertina"):
            for browser in (client, *(sign_in(one) for one in strangers)):
                for how in ({}, {"headers": {"HX-Request": "true"}}):
                    page = browser.get("/search/", {"q": text}, **how).content.decode()
                    assert str(needle.pk) not in page and self.NEEDLE not in page
            assert entries(sign_in(needle), text) == {}  # not even themselves: a patient has no patients

    def test_when_the_grant_is_over_they_are_not_found(self, sign_in, doctor, needle, at):
        at("2026-06-01 08:00")
        assert entries(sign_in(doctor), "needle") == {}

    def test_a_patient_of_two_doctors_is_found_by_both_and_a_namesake_by_none(
        self, sign_in, doctor, other_doctor, needle
    ):
        PatientFactory(email="namesake@example.org", name=self.NEEDLE)
        assert list(entries(sign_in(doctor), "needle")) == [self.NEEDLE]
        assert entries(sign_in(other_doctor), "needle") == {}
        later = free_slots(other_doctor)[9]
        appointments.approve(appointment=book(needle, other_doctor, slot=later), by=other_doctor.user)
        assert list(entries(sign_in(other_doctor), "needle")) == [self.NEEDLE]


def test_staff_names_and_hospitals_that_are_checked_are_not_in_it(client, sign_in, hospital, doctor):
    user = UserFactory(email="clerk@example.org", name="Zebulon Clerk")
    hospitals.appoint(hospital=hospital, user=user, by=None)
    other = HospitalFactory(name="Zeugma Hospital", slug="zeugma")
    Hospital.objects.filter(pk=other.pk).update(state="pending")
    appointments.reindex_hospital(hospital=other)
    for browser in (client, sign_in(doctor)):
        assert entries(browser, "zebulon") == {} and entries(browser, "zeugma") == {}


def test_it_keeps_to_its_questions(sign_in, doctor, confirmed, django_assert_max_num_queries):
    browser = sign_in(doctor)
    entries(browser, "neha")
    for text in ("", "shrama sahra lucknwo", "neha shrama zzzz qqqq xxxx yyyy"):
        with django_assert_max_num_queries(12):
            entries(browser, text)
