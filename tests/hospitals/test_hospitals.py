"""Hospitals are entered and changed, and people work in them."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from appointments.models import Appointment
from healthstack.lib import clock
from healthstack.lib.zones import check_zone, zone_words
from hospitals import workflow
from hospitals.models import Hospital, HospitalFee, Staff, VisitType
from tests.factories import HospitalFactory, UserFactory, trail


class TestSave:
    def test_a_hospital_is_entered(self, db):
        hospital = HospitalFactory(name="Sahara Hospital", fees={VisitType.CHECK_UP: Decimal(700)})
        assert hospital.state == "approved"
        assert Hospital.objects.findable().get() == hospital
        assert hospital.fees.get().amount == 700
        assert trail(hospital) == ["hospitals.added"]

    def test_a_hospital_is_changed(self, hospital):
        hospital.name = "Ganga Hospital"
        workflow.save_hospital(hospital=hospital, by=None)
        assert Hospital.objects.get().name == "Ganga Hospital"
        assert trail(hospital)[0] == "hospitals.changed"

    def test_fees_become_what_is_given(self, db):
        hospital = HospitalFactory(fees={"check_up": Decimal(700), "follow_up": Decimal(300)})
        workflow.save_hospital(hospital=hospital, fees={"check_up": Decimal(800)}, by=None)
        assert dict(hospital.fees.values_list("visit_type", "amount")) == {"check_up": 800}

    def test_fees_that_are_not_given_stay(self, db):
        hospital = HospitalFactory(fees={"check_up": Decimal(700)})
        workflow.save_hospital(hospital=hospital, by=None)
        assert hospital.fees.get().amount == 700
        workflow.save_hospital(hospital=hospital, fees={}, by=None)
        assert not hospital.fees.exists()

    def test_a_page_that_was_open_for_long_lifts_no_suspension(self, hospital):
        before = Hospital.objects.get()
        workflow.set_state(hospital=hospital, state="suspended", reason="Fire safety", by=None)
        before.phone = "+915222780001"
        workflow.save_hospital(hospital=before, by=None)
        hospital.refresh_from_db()
        assert (hospital.state, hospital.state_reason, hospital.phone) == ("suspended", "Fire safety", "+915222780001")

    def test_a_fee_is_never_negative(self, hospital):
        with pytest.raises(IntegrityError), transaction.atomic():
            HospitalFee.objects.create(hospital=hospital, visit_type="check_up", amount=Decimal(-1))

    def test_an_address_leaves_out_what_is_not_known(self):
        full = Hospital(street="4 Station Road", city="Lucknow", postcode="226001")
        assert full.address == "4 Station Road, Lucknow 226001"
        assert Hospital(city="Lucknow").address == "Lucknow"


class TestStaff:
    def test_a_person_sees_their_hospital_from_now_on(self, hospital, appointment):
        user = UserFactory()
        workflow.appoint(hospital=hospital, user=user, by=None)
        assert list(Hospital.objects.as_staff(user)) == [hospital]
        assert set(user.groups.values_list("name", flat=True)) == {"Hospital administrators"}
        assert list(Appointment.objects.as_staff(user)) == [appointment]
        assert trail(hospital)[0] == "hospitals.appointed"

    def test_no_other_hospital(self, hospital_admin, other_hospital):
        assert not Hospital.objects.as_staff(hospital_admin).filter(pk=other_hospital.pk).exists()

    def test_again_is_harmless(self, hospital, hospital_admin):
        workflow.appoint(hospital=hospital, user=hospital_admin, by=None)
        assert Staff.objects.count() == 1

    def test_work_ends_and_sight_with_it(self, hospital, hospital_admin, appointment):
        workflow.end_staff(staff=Staff.objects.get(), by=None)
        assert not Hospital.objects.as_staff(hospital_admin).exists()
        assert not Appointment.objects.as_staff(hospital_admin).exists()
        assert not hospital_admin.groups.exists()
        assert trail(hospital)[0] == "hospitals.staff_ended"

    def test_who_works_elsewhere_too_keeps_the_role(self, hospital, other_hospital, hospital_admin):
        workflow.appoint(hospital=other_hospital, user=hospital_admin, by=None)
        workflow.end_staff(staff=Staff.objects.get(hospital=hospital), by=None)
        assert list(Hospital.objects.as_staff(hospital_admin)) == [other_hospital]
        assert hospital_admin.groups.exists()

    def test_who_comes_back_sees_it_again(self, hospital, hospital_admin, at):
        workflow.end_staff(staff=Staff.objects.get(), by=None)
        at("2030-01-01 09:00")
        staff = workflow.appoint(hospital=hospital, user=hospital_admin, by=None)
        assert (staff.ended_at, staff.started_at) == (None, clock.now())
        assert Staff.objects.count() == 1
        assert list(Hospital.objects.as_staff(hospital_admin)) == [hospital]


class TestZones:
    @pytest.mark.parametrize("name", ["Asia/Kolkata", "America/New_York", "UTC"])
    def test_a_zone_has_a_name(self, name):
        check_zone(name)

    @pytest.mark.parametrize("name", ["", "India", "IST", "../../etc/passwd", "Asia/Kolkata\x00", "asia/kolkata"])
    def test_another_name_is_refused(self, name):
        with pytest.raises(ValidationError):
            check_zone(name)

    def test_a_zone_in_words(self, at):
        winter = at("2026-01-15 09:00")
        assert zone_words("Asia/Kolkata", winter) == "India time"
        assert zone_words("America/New_York", winter) == "EST"
        assert zone_words("Asia/Kathmandu", winter) == "Kathmandu"
