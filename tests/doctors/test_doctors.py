"""Doctors are entered and changed."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from accounts.models import User
from doctors import workflow
from doctors.models import Doctor, Fee
from doctors.workflow import free_slug
from healthstack.lib.rules import RuleBroken
from hospitals import workflow as hospitals
from patients.models import Patient
from tests.factories import DoctorFactory, HospitalFactory, language, specialty, trail


def groups(doctor):
    return set(doctor.user.groups.values_list("name", flat=True))


class TestAdd:
    def test_a_doctor_is_entered_and_counts_as_checked(self, db):
        doctor = DoctorFactory(name="Dr. Asha Rao", specialties=["Neurology", "Cardiology"], languages=["Tamil"])
        assert (doctor.user.name, doctor.name, doctor.surname) == ("Asha Rao", "Dr Asha Rao", "Dr Rao")
        assert (doctor.state, doctor.slug) == ("approved", "dr-asha-rao")
        assert doctor.title == "Cardiologist, Neurologist"
        assert groups(doctor) == {"Doctors"}
        assert doctor.user.emailaddress_set.get().verified
        assert trail(doctor) == ["doctors.added"]

    def test_the_usual_visits_are_offered(self, db):
        minutes = dict(DoctorFactory().offers.values_list("visit_type", "minutes"))
        assert minutes == {"check_up": 20, "follow_up": 10, "report_review": 10}

    def test_one_who_must_be_checked_waits(self, pending_doctor):
        assert pending_doctor.state == "pending"
        assert groups(pending_doctor) == {"Pending doctors"}
        assert not Doctor.objects.findable().exists()

    def test_a_patient_can_become_a_doctor_and_stays_a_patient(self, patient):
        doctor = DoctorFactory(email=patient.user.email.upper())
        assert doctor.user == patient.user
        assert groups(doctor) == {"Patients", "Doctors"}
        assert Patient.objects.get().user == doctor.user

    def test_nobody_is_a_doctor_twice(self, doctor):
        with pytest.raises(RuleBroken, match="a doctor here already") as refusal:
            DoctorFactory(email=doctor.user.email)
        assert refusal.value.field == "email"
        assert Doctor.objects.count() == 1

    def test_a_registration_is_one_doctors(self, doctor):
        with pytest.raises(IntegrityError), transaction.atomic():
            DoctorFactory(registration_number=doctor.registration_number)
        assert User.objects.count() == 1

    def test_namesakes_have_addresses_of_their_own(self, db):
        assert [DoctorFactory(name="Asha Rao").slug for _ in range(3)] == [
            "dr-asha-rao",
            "dr-asha-rao-2",
            "dr-asha-rao-3",
        ]

    @pytest.mark.parametrize(("text", "slug"), [("dr मीरा शर्मा", "doctor"), ("dr", "doctor"), ("dr José", "dr-jose")])
    def test_an_address_is_made_of_latin_letters(self, db, text, slug):
        assert free_slug(text) == slug


class TestChange:
    def test_the_row_and_what_hangs_on_it_change(self, doctor, other_hospital):
        doctor.about = "Listens."
        workflow.change_doctor(
            doctor=doctor,
            name="Dr Neha Trivedi",
            specialties=[specialty("Cardiology")],
            languages=[language("Tamil")],
            affiliations=[(other_hospital, "12")],
            offers={"check_up": 30},
            fees={(other_hospital.pk, "check_up"): Decimal(900)},
            by=None,
        )
        doctor = Doctor.objects.get()
        assert (doctor.about, doctor.user.name, doctor.title) == ("Listens.", "Neha Trivedi", "Cardiologist")
        assert [row.own_name for row in doctor.languages.all()] == ["தமிழ்"]
        assert doctor.affiliations.current().get().hospital == other_hospital
        assert dict(doctor.offers.values_list("visit_type", "minutes")) == {"check_up": 30}
        assert doctor.fees.get().amount == 900
        assert trail(doctor)[0] == "doctors.changed"

    def test_what_is_not_given_stays(self, doctor):
        workflow.change_doctor(doctor=doctor, by=None)
        assert doctor.title == "Neurologist"
        assert doctor.affiliations.current().count() == 1
        assert doctor.offers.count() == 3

    def test_who_leaves_a_hospital_has_left_it_today(self, doctor, hospital, at):
        at("2026-03-02 09:00")
        workflow.change_doctor(doctor=doctor, affiliations=[], by=None)
        assert doctor.affiliations.get().ended_on == date(2026, 3, 2)

    def test_who_comes_back_is_there_again(self, doctor, hospital):
        workflow.change_doctor(doctor=doctor, affiliations=[], by=None)
        workflow.change_doctor(doctor=doctor, affiliations=[(hospital, "7")], by=None)
        row = doctor.affiliations.get()
        assert (row.ended_on, row.room) == (None, "7")

    def test_the_day_of_leaving_is_not_moved_by_later_changes(self, doctor, hospital, other_hospital, at):
        at("2026-03-02 09:00")
        workflow.change_doctor(doctor=doctor, affiliations=[(other_hospital, "1")], by=None)
        at("2026-05-02 09:00")
        workflow.change_doctor(doctor=doctor, affiliations=[(other_hospital, "2")], by=None)
        assert doctor.affiliations.get(hospital=hospital).ended_on == date(2026, 3, 2)

    def test_a_page_that_was_open_for_long_lifts_no_suspension(self, doctor):
        before = Doctor.objects.get()
        workflow.set_state(doctor=doctor, state="suspended", reason="Licence", by=None)
        before.about = "Listens."
        workflow.change_doctor(doctor=before, by=None)
        doctor.refresh_from_db()
        assert (doctor.state, doctor.state_reason, doctor.about) == ("suspended", "Licence", "Listens.")


class TestFees:
    def test_the_doctors_fee_where_nothing_else_is_set(self, doctor, hospital):
        assert doctor.fees_in(hospital) == dict.fromkeys(
            ["check_up", "follow_up", "report_review", "video"], Decimal(500)
        )

    def test_the_hospitals_fee_comes_before_the_doctors_usual_one(self, doctor, hospital):
        hospitals.save_hospital(hospital=hospital, fees={"follow_up": Decimal(200)}, by=None)
        assert doctor.fees_in(hospital) == {"check_up": 500, "follow_up": 200, "report_review": 500, "video": 500}

    def test_the_doctors_fee_for_the_place_comes_before_both(self, doctor, hospital):
        hospitals.save_hospital(hospital=hospital, fees={"follow_up": Decimal(200), "check_up": Decimal(600)}, by=None)
        workflow.change_doctor(doctor=doctor, fees={(hospital.pk, "check_up"): Decimal(0)}, by=None)
        assert doctor.fees_in(hospital) == {"check_up": 0, "follow_up": 200, "report_review": 500, "video": 500}

    def test_fees_of_other_places_and_doctors_do_not_count(self, doctor, other_doctor, hospital):
        elsewhere = HospitalFactory(fees={"check_up": Decimal(100)})
        workflow.change_doctor(doctor=doctor, fees={(elsewhere.pk, "check_up"): Decimal(150)}, by=None)
        workflow.change_doctor(doctor=other_doctor, fees={(hospital.pk, "check_up"): Decimal(50)}, by=None)
        assert doctor.fees_in(hospital)["check_up"] == 500
        assert doctor.fees_in(elsewhere)["check_up"] == 150

    def test_a_fee_is_never_negative(self, doctor, hospital):
        with pytest.raises(IntegrityError), transaction.atomic():
            Fee.objects.create(doctor=doctor, hospital=hospital, visit_type="check_up", amount=Decimal(-1))


class TestFacts:
    def test_years_of_practice(self, at):
        at("2026-03-02 09:00")
        assert Doctor(practising_since=2010).years_of_practice() == 16
        assert Doctor(practising_since=2030).years_of_practice() == 0
        assert Doctor().years_of_practice() is None

    def test_a_closed_account_is_not_findable(self, doctor):
        User.objects.filter(pk=doctor.user_id).update(is_active=False)
        assert not Doctor.objects.findable().exists()
