"""A doctor asks to work in a hospital; its administrator takes them in, declines, and ends it."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from appointments.models import Listing
from doctors import workflow
from doctors.models import Application, Doctor
from healthstack.lib.rules import RuleBroken
from hospitals import workflow as hospitals
from hospitals.models import Hospital
from tests.factories import DoctorFactory, inbox, trail


@pytest.fixture
def cardiology(hospital, hospital_admin):
    return hospitals.add_department(hospital=hospital, name="Cardiology", by=hospital_admin)


@pytest.fixture
def newcomer(db):
    """An approved doctor who works nowhere."""
    return DoctorFactory(email="newcomer@example.org", name="Asha Verma")


@pytest.fixture
def asked(newcomer, hospital, hospital_admin, cardiology):
    return workflow.apply(
        doctor=newcomer, hospital=hospital, department=cardiology, message="Tuesdays", by=newcomer.user
    )


class TestApply:
    def test_those_who_run_the_hospital_are_told(self, newcomer, hospital_admin, asked):
        assert (asked.state, asked.waits, asked.message) == ("asked", True, "Tuesdays")
        assert inbox(hospital_admin) == ["doctors.applied"]
        assert trail(newcomer)[0] == "doctors.applied"

    def test_one_at_a_time_and_hospital(self, newcomer, hospital, asked):
        with pytest.raises(RuleBroken, match="asked this hospital already"):
            workflow.apply(doctor=newcomer, hospital=hospital, by=newcomer.user)
        with pytest.raises(IntegrityError), transaction.atomic():
            Application.objects.create(doctor=newcomer, hospital=hospital)

    def test_not_where_one_works(self, doctor, hospital):
        with pytest.raises(RuleBroken, match="work in this hospital already"):
            workflow.apply(doctor=doctor, hospital=hospital, by=doctor.user)

    def test_not_in_a_hospital_that_nobody_finds(self, newcomer, hospital):
        Hospital.objects.update(state="pending")
        with pytest.raises(RuleBroken, match="takes no applications"):
            workflow.apply(doctor=newcomer, hospital=hospital, by=newcomer.user)

    def test_a_department_is_one_of_that_hospital_and_open(self, newcomer, hospital, other_hospital, cardiology):
        with pytest.raises(RuleBroken, match="department of this hospital"):
            workflow.apply(doctor=newcomer, hospital=other_hospital, department=cardiology, by=newcomer.user)
        hospitals.close_department(department=cardiology, by=None)
        cardiology.refresh_from_db()
        with pytest.raises(RuleBroken, match="department of this hospital"):
            workflow.apply(doctor=newcomer, hospital=hospital, department=cardiology, by=newcomer.user)

    @pytest.mark.parametrize("state", ["rejected", "suspended"])
    def test_not_who_was_rejected_or_suspended(self, newcomer, hospital, state):
        Doctor.objects.update(state=state)
        with pytest.raises(RuleBroken, match="cannot apply"):
            workflow.apply(doctor=newcomer, hospital=hospital, by=newcomer.user)

    def test_who_is_being_checked_may_and_is_not_found_for_it(self, pending_doctor, other_hospital):
        asked = workflow.apply(doctor=pending_doctor, hospital=other_hospital, by=pending_doctor.user)
        workflow.accept(application=asked, by=None)
        assert not Doctor.objects.findable().exists() and not Listing.objects.exists()


class TestAnswer:
    def test_who_is_taken_in_works_there_from_today_on_in_that_department(
        self, at, newcomer, hospital, asked, hospital_admin, cardiology
    ):
        at("2026-03-02 09:00")
        row = workflow.accept(application=asked, room=" 12 ", by=hospital_admin)
        assert (row.hospital, row.department, row.room) == (hospital, cardiology, "12")
        assert (row.started_on, row.ended_on) == (date(2026, 3, 2), None)
        assert inbox(newcomer) == ["doctors.application_accepted"]
        assert trail(newcomer)[0] == "doctors.application_accepted"

    def test_who_comes_back_begins_anew(self, at, newcomer, hospital, asked, hospital_admin):
        at("2026-03-02 09:00")
        row = workflow.accept(application=asked, by=hospital_admin)
        workflow.end_work(affiliation=row, by=hospital_admin)
        at("2026-05-01 09:00")
        again = workflow.apply(doctor=newcomer, hospital=hospital, by=newcomer.user)
        back = workflow.accept(application=again, by=hospital_admin)
        assert (back.pk, back.started_on, back.ended_on) == (row.pk, date(2026, 5, 1), None)

    def test_it_is_declined_with_a_reason(self, newcomer, asked, hospital_admin):
        with pytest.raises(RuleBroken) as refusal:
            workflow.decline(application=asked, reason=" ", by=hospital_admin)
        assert refusal.value.field == "reason"
        workflow.decline(application=asked, reason="We have four already", by=hospital_admin)
        asked.refresh_from_db()
        assert (asked.state, asked.reason, asked.waits) == ("declined", "We have four already", None)
        assert not newcomer.affiliations.exists()

    def test_what_is_settled_stays_settled(self, newcomer, asked, hospital_admin):
        workflow.withdraw(application=asked, by=newcomer.user)
        for again in (
            lambda: workflow.accept(application=asked, by=hospital_admin),
            lambda: workflow.decline(application=asked, reason="x", by=hospital_admin),
            lambda: workflow.withdraw(application=asked, by=newcomer.user),
        ):
            with pytest.raises(RuleBroken, match="settled: Taken back"):
                again()
        assert not newcomer.affiliations.exists()

    def test_a_doctor_who_was_suspended_meanwhile_is_not_taken_in(self, newcomer, asked, hospital_admin):
        workflow.set_state(doctor=newcomer, state="suspended", reason="Licence", by=None)
        with pytest.raises(RuleBroken, match="cannot be taken in"):
            workflow.accept(application=asked, by=hospital_admin)
        assert Application.objects.get().state == "asked"

    def test_an_end_is_an_end(self, doctor, hospital):
        row = doctor.affiliations.get()
        workflow.end_work(affiliation=row, by=None)
        with pytest.raises(RuleBroken, match="ended already"):
            workflow.end_work(affiliation=row, by=None)
        assert inbox(doctor) == ["doctors.affiliation_ended"]


class TestReassign:
    def test_another_department_and_room(self, doctor, hospital, hospital_admin, cardiology, sign_in):
        row = doctor.affiliations.get()
        url = f"/hospital/sahara/doctors/{row.pk}/reassign/"
        sign_in(hospital_admin).post(url, {"department": cardiology.pk, "room": " 7 "})
        row.refresh_from_db()
        assert (row.department, row.room) == (cardiology, "7")
        assert trail(doctor)[0] == "doctors.reassigned"

    def test_neither_one_of_another_hospital_nor_after_the_end(self, doctor, hospital, other_hospital):
        theirs = hospitals.add_department(hospital=other_hospital, name="Needle", by=None)
        row = doctor.affiliations.get()
        with pytest.raises(RuleBroken, match="department of this hospital"):
            workflow.reassign(affiliation=row, department=theirs, room="", by=None)
        workflow.end_work(affiliation=row, by=None)
        with pytest.raises(RuleBroken, match="ended already"):
            workflow.reassign(affiliation=row, department=None, room="", by=None)


class TestPages:
    def test_from_a_search_to_the_first_day(self, newcomer, hospital, hospital_admin, cardiology, sign_in):
        mine, theirs = sign_in(newcomer), sign_in(hospital_admin)
        page = mine.get("/doctor/hospitals/?q=sahar").content.decode()
        assert "/doctor/hospitals/sahara/apply/" in page
        mine.post("/doctor/hospitals/sahara/apply/", {"department": cardiology.pk, "message": "On <b>Tuesdays</b>"})
        page = theirs.get("/hospital/sahara/doctors/").content.decode()
        assert newcomer.name in page and "On &lt;b&gt;Tuesdays&lt;/b&gt;" in page
        asked = Application.objects.get()
        assert (
            theirs.post(f"/hospital/applications/{asked.pk}/accept/", {"room": "12"}).url == "/hospital/sahara/doctors/"
        )
        page = mine.get("/doctor/hospitals/").content.decode()
        assert "Cardiology" in page and "Accepted" in page

    def test_it_is_declined_and_the_doctor_reads_why(self, newcomer, asked, hospital_admin, sign_in):
        browser = sign_in(hospital_admin)
        url = f"/hospital/applications/{asked.pk}/decline/"
        assert browser.post(url, {}).status_code == 422
        assert browser.post(url, {"reason": "Full"}).status_code == 302
        assert "Full" in sign_in(newcomer).get("/doctor/hospitals/").content.decode()

    def test_it_is_taken_back(self, newcomer, asked, sign_in):
        sign_in(newcomer).post(f"/doctor/applications/{asked.pk}/withdraw/")
        assert Application.objects.get().state == "withdrawn"

    def test_others_find_nothing(self, other_doctor, asked, other_hospital_admin, sign_in):
        assert sign_in(other_doctor).post(f"/doctor/applications/{asked.pk}/withdraw/").status_code == 404
        browser = sign_in(other_hospital_admin)
        for act in ("accept", "decline"):
            assert browser.post(f"/hospital/applications/{asked.pk}/{act}/", {"reason": "x"}).status_code == 404
        assert browser.get("/hospital/sahara/doctors/").status_code == 404

    def test_a_department_of_another_hospital_is_refused(self, newcomer, hospital, other_hospital, sign_in):
        theirs = hospitals.add_department(hospital=other_hospital, name="Needle", by=None)
        for key in (theirs.pk, "x", str(10**30)):
            answer = sign_in(newcomer).post("/doctor/hospitals/sahara/apply/", {"department": key})
            assert answer.status_code == 422
            assert "Choose a department of this hospital" in answer.content.decode()
        assert not Application.objects.exists()

    def test_a_refusal_keeps_what_was_typed(self, doctor, hospital, sign_in):
        answer = sign_in(doctor).post("/doctor/hospitals/sahara/apply/", {"message": "Tuesdays"})
        assert answer.status_code == 409
        assert "You work in this hospital already." in answer.content.decode() and "Tuesdays" in answer.content.decode()
