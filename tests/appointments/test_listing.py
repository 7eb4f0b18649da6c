"""What the search knows of a doctor follows everything that moves."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.db.models import Count
from django.test.utils import CaptureQueriesContext

from accounts import workflow as accounts
from appointments import tasks, workflow
from appointments.models import NEVER, DoctorWord, Listing, Word
from doctors import workflow as doctors
from healthstack.lib import clock
from hospitals import workflow as hospitals
from hospitals.models import VisitType
from tests.factories import DoctorFactory, HospitalFactory, book, free_slots, hours_in, language, specialty


def words_of(doctor):
    return set(DoctorWord.objects.filter(listing=doctor.pk).values_list("word__text", flat=True))


def counts_are_right():
    """Each word's number is the number of doctors who have it."""
    having = dict(DoctorWord.objects.values_list("word__text").annotate(n=Count("id")))
    return dict(Word.objects.filter(n__gt=0).values_list("text", "n")) == having


def of(doctor):
    return Listing.objects.get(doctor=doctor)


def test_a_card_has_what_it_shows(doctor):
    row = of(doctor)
    assert (row.name, row.title, row.tongues) == ("Neha Sharma", "Neurologist", "हिन्दी")
    assert (row.where, row.minutes, row.fee) == ("Sahara Hospital, Lucknow", 20, Decimal(500))
    assert row.next_free_at == free_slots(doctor)[0].starts_at


def test_a_doctor_is_found_by_name_specialty_hospital_and_city(doctor):
    assert words_of(doctor) == set("neha sharma neurology neurologist sahara hospital lucknow".split())


def test_a_pending_doctor_is_not_listed(pending_doctor):
    assert not Listing.objects.exists()
    assert not DoctorWord.objects.exists()


def test_a_doctor_without_a_hospital_is_not_listed(db):
    DoctorFactory()
    assert not Listing.objects.exists()


def test_two_doctors_share_their_words(doctor, other_doctor):
    counts = dict(Word.objects.values_list("text", "n"))
    assert (counts["sahara"], counts["neha"], counts["vikram"]) == (2, 1, 1)
    assert counts_are_right()


def test_a_new_name_is_found_and_the_old_one_is_not(doctor):
    accounts.update_profile(user=doctor.user, name="Neha Trivedi", phone="", by=None)
    assert of(doctor).name == "Neha Trivedi"
    assert "trivedi" in words_of(doctor)
    assert "sharma" not in words_of(doctor)
    assert Word.objects.get(text="sharma").n == 0
    assert counts_are_right()


def test_a_new_specialty_fee_and_language_follow(doctor):
    doctor.fee = Decimal(800)
    doctors.change_doctor(doctor=doctor, specialties=[specialty("Cardiology")], languages=[language("Tamil")], by=None)
    row = of(doctor)
    assert (row.title, row.tongues, row.fee) == ("Cardiologist", "தமிழ்", Decimal(800))
    assert {"cardiology", "cardiologist"} < words_of(doctor)
    assert "neurology" not in words_of(doctor)
    assert counts_are_right()


def test_a_renamed_and_moved_hospital_follows(doctor, other_doctor, hospital):
    hospital.name, hospital.city = "Ganga Hospital", "New Delhi"
    hospitals.save_hospital(hospital=hospital, fees={VisitType.CHECK_UP: Decimal(350)}, by=None)
    for row in (of(doctor), of(other_doctor)):
        assert (row.where, row.fee) == ("Ganga Hospital, New Delhi", Decimal(350))
        assert row.places.get().city == "new delhi"
        assert {"ganga", "new", "delhi"} < words_of(row.doctor)
        assert not {"sahara", "lucknow"} & words_of(row.doctor)
    assert counts_are_right()


def test_the_fee_is_the_lowest_of_the_hospitals(hospital, other_hospital):
    hospitals.save_hospital(hospital=other_hospital, fees={VisitType.CHECK_UP: Decimal(300)}, by=None)
    doctor = DoctorFactory(hospitals=[hospital, other_hospital])
    assert of(doctor).fee == Decimal(300)
    assert of(doctor).places.count() == 2


def test_who_leaves_the_last_hospital_vanishes(doctor):
    doctors.change_doctor(doctor=doctor, affiliations=[], by=None)
    assert not Listing.objects.exists()
    assert counts_are_right()


def test_a_closed_account_vanishes_and_comes_back(doctor):
    accounts.disable_user(user=doctor.user, by=None)
    assert not Listing.objects.exists()
    assert counts_are_right()
    accounts.enable_user(user=doctor.user, by=None)
    assert of(doctor).next_free_at == free_slots(doctor)[0].starts_at
    assert counts_are_right()


def test_suspended_doctors_vanish_with_their_words(doctor, other_doctor):
    workflow.suspend_doctor(doctor=doctor, reason="Licence", by=None)
    assert [row.doctor for row in Listing.objects.all()] == [other_doctor]
    counts = dict(Word.objects.values_list("text", "n"))
    assert (counts["neha"], counts["sahara"]) == (0, 1)
    assert counts_are_right()


def test_listing_again_changes_nothing(doctor):
    before = Listing.objects.values().get(), words_of(doctor)
    workflow.relist(doctor=doctor)
    workflow.relist(doctor=doctor)
    assert (Listing.objects.values().get(), words_of(doctor)) == before
    assert counts_are_right()


def test_only_the_doctors_of_that_person_and_that_hospital_are_listed_anew(doctor, other_doctor, patient):
    elsewhere = DoctorFactory(hospitals=[HospitalFactory(city="Pune")])
    Listing.objects.update(title="untouched")
    workflow.relist_user(user=patient.user)
    assert set(Listing.objects.values_list("title", flat=True)) == {"untouched"}
    workflow.relist_user(user=doctor.user)
    assert (of(doctor).title, of(other_doctor).title) == ("Neurologist", "untouched")
    workflow.relist_hospital(hospital=doctor.affiliations.get().hospital)
    assert (of(other_doctor).title, of(elsewhere).title) == ("Cardiologist", "untouched")


def test_a_doctor_without_check_ups_has_no_minutes_and_no_time(doctor):
    doctors.change_doctor(doctor=doctor, offers={"follow_up": 10}, by=None)
    assert (of(doctor).minutes, of(doctor).next_free_at, of(doctor).free_days) == (None, NEVER, 0)


def test_days_on_which_a_doctor_is_free_are_bits(hospital):
    doctor = DoctorFactory(hospitals=[hospital], hours=hours_in(hospital, weekdays=[0, 2]))  # Monday, Wednesday
    row = of(doctor)
    assert row.free_from == clock.now().date()
    assert [day for day in range(20) if row.free_days >> day & 1] == [0, 2, 7, 9]


def test_a_day_that_is_booked_out_is_not_free(hospital, patient, at):
    doctor = DoctorFactory(hospitals=[hospital], hours=hours_in(hospital, begins=9, ends=10, visit=60))
    book(patient, doctor)
    assert of(doctor).next_free_at == at("2026-03-03 09:00")
    assert of(doctor).free_days & 0b11 == 0b10


def test_booked_out_for_two_weeks_sorts_behind_everybody(hospital, patient):
    rows = hours_in(hospital, begins=9, ends=10, visit=60, weekdays=[0], valid_until=clock.now().date())
    doctor = DoctorFactory(hospitals=[hospital], hours=rows)
    visit = book(patient, doctor)
    assert (of(doctor).next_free_at, of(doctor).free_days) == (NEVER, 0)
    workflow.cancel(appointment=visit, by=patient.user)
    assert of(doctor).next_free_at == visit.starts_at


def test_whatever_happens_the_soonest_time_is_the_soonest_time(doctor, patient, other_patient, hospital):
    def right():
        return of(doctor).next_free_at == free_slots(doctor, days=14)[0].starts_at

    visits = [book(patient, doctor) for _ in range(4)]
    assert right()
    workflow.cancel(appointment=visits[2], by=patient.user)
    assert right()
    workflow.decline(appointment=visits[0], reason="no", by=doctor.user)
    assert right()
    book(other_patient, doctor, slot=free_slots(doctor)[1])
    assert right()
    workflow.take_leave(
        doctor=doctor, starts_at=clock.now() + timedelta(1), ends_at=clock.now() + timedelta(3), by=doctor.user
    )
    assert right()
    workflow.publish(doctor=doctor, rows=hours_in(hospital, begins=15, ends=18), by=doctor.user)
    assert right()


# --- as time goes by -----------------------------------------------------------------------------------------------------


def test_the_tick_moves_on_what_is_past(doctor, at):
    at("2026-03-02 12:07")
    tasks.roll_listings.enqueue()
    assert of(doctor).next_free_at == at("2026-03-02 12:40")  # half an hour's notice


def test_a_time_goes_when_the_notice_makes_it_too_near(doctor, at):
    at("2026-03-02 08:30")
    workflow.roll_listings()
    assert of(doctor).next_free_at == at("2026-03-02 09:00")
    at("2026-03-02 08:31")
    workflow.roll_listings()
    assert of(doctor).next_free_at == at("2026-03-02 09:20")


def test_a_new_day_counts_from_itself(doctor, at):
    at("2026-03-03 00:01")
    workflow.roll_listings()
    row = of(doctor)
    assert row.free_from == date(2026, 3, 3)
    assert row.next_free_at == at("2026-03-03 09:00")
    assert row.free_days & 1


def test_who_had_nothing_free_is_looked_at_again_on_a_new_day(hospital, at):
    rows = hours_in(hospital, weekdays=[0], valid_from=at("2026-03-23 08:00").date())
    at("2026-03-02 08:00")
    doctor = DoctorFactory(hospitals=[hospital], hours=rows)
    assert of(doctor).next_free_at == NEVER
    at("2026-03-10 08:00")
    workflow.roll_listings()
    assert of(doctor).next_free_at == at("2026-03-23 09:00")


def test_with_nothing_due_nothing_is_looked_at(doctor, other_doctor, at):
    assert workflow.roll_listings() == 0
    at("2026-03-02 12:07")
    assert workflow.roll_listings() == 2
    assert workflow.roll_listings() == 0


def test_what_is_due_longest_comes_first(doctor, patient, other_doctor, at):
    for _ in range(3):
        book(patient, other_doctor)
    at("2026-03-02 12:07")
    assert workflow.roll_listings(at_most=1) == 1
    assert of(doctor).next_free_at > clock.now()
    assert of(other_doctor).next_free_at < clock.now()


def test_rolled_on_is_the_same_as_listed_anew(doctor, other_doctor, patient, at):
    book(patient, doctor)
    for moment in ("2026-03-02 13:31", "2026-03-03 00:00", "2026-03-08 23:59", "2026-03-31 16:45"):
        at(moment)
        workflow.roll_listings()
        rolled = list(Listing.objects.order_by("pk").values())
        for row in (doctor, other_doctor):
            workflow.relist(doctor=row)
        assert list(Listing.objects.order_by("pk").values()) == rolled


def test_rolling_takes_few_questions_for_many_doctors(hospital, at, django_assert_max_num_queries):
    for _ in range(8):
        DoctorFactory(hospitals=[hospital])
    at("2026-03-02 12:07")
    with django_assert_max_num_queries(20):
        assert workflow.roll_listings() == 8


def test_a_word_that_nobody_has_any_more_can_come_back(doctor):
    workflow.suspend_doctor(doctor=doctor, reason="Licence", by=None)
    workflow.reinstate_doctor(doctor=doctor, by=None)
    assert Word.objects.get(text="neha").n == 1
    assert counts_are_right()


def test_long_names_are_cut_and_not_refused(db):
    hospital = HospitalFactory(name="Saint " + "Very" * 37, slug="long", city="Thiruvananthapuram " * 4)
    doctor = DoctorFactory(hospitals=[hospital, HospitalFactory(name="N" * 160)], name="A" * 100 + " " + "B" * 19)
    assert len(of(doctor).where) == 240
    assert max(len(word) for word in words_of(doctor)) == 40


@pytest.mark.parametrize("city", ["Ā" * 80, "ﷺ" * 4, "हैदराबाद", "Sankt-Pölten", "—"])
def test_cities_of_all_kinds_can_be_listed(db, city):
    hospital = HospitalFactory(city=city)
    doctor = DoctorFactory(hospitals=[hospital])
    assert of(doctor).places.get().hospital == hospital


def test_only_the_doctors_of_that_person_and_that_hospital_are_held(doctor, other_doctor, patient):
    def held(verb, **about):
        with CaptureQueriesContext(connection) as noted:
            verb(**about)
        return noted.captured_queries[-2]["sql"]  # the last but the end of its savepoint

    DoctorFactory(hospitals=[HospitalFactory(city="Pune")])
    assert f"IN ({doctor.pk}, {other_doctor.pk})" in held(
        workflow.hold_hospital, hospital=doctor.affiliations.get().hospital
    )
    assert f"IN ({doctor.pk})" in held(workflow.hold_user, user=doctor.user)
    assert "doctors_doctor" in held(workflow.hold_user, user=patient.user)
