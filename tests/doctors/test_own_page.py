"""A doctor's own page: what they change by themselves, and what stays as it was checked."""

from decimal import Decimal

import pytest

from appointments.models import Listing
from doctors import workflow
from doctors.models import Doctor
from healthstack.lib.rules import RuleBroken
from tests.factories import free_slots, language

URL = "/doctor/page/"


@pytest.fixture
def typed(doctor, hospital):
    return {
        "about": "Listens.",
        "degrees": "MBBS, MD",
        "languages": [language("Tamil").pk],
        "fee": "650",
        "confirms_instantly": "on",
        "notice_minutes": "60",
        "cancel_notice_minutes": "120",
        "days_ahead": "30",
        "minutes_check_up": "30",
        "minutes_video": "15",
        f"fee_{hospital.pk}_check_up": "900",
    }


@pytest.fixture
def browser(doctor, sign_in):
    return sign_in(doctor)


def test_all_of_it_is_saved_and_the_search_follows(browser, doctor, hospital, typed):
    assert browser.get(URL).status_code == 200
    assert browser.post(URL, typed).url == URL
    row = Doctor.objects.get(pk=doctor.pk)
    assert (row.about, row.degrees, row.fee, row.confirms_instantly) == ("Listens.", "MBBS, MD", 650, True)
    assert (row.notice_minutes, row.cancel_notice_minutes, row.days_ahead) == (60, 120, 30)
    assert dict(row.offers.values_list("visit_type", "minutes")) == {"check_up": 30, "video": 15}
    assert [one.name for one in row.languages.all()] == ["Tamil"]
    assert row.fees_in(hospital)["check_up"] == 900
    assert Listing.objects.get(doctor=doctor).fee == 900
    assert 'value="900.00"' in browser.get(URL).content.decode()


def test_who_they_are_stays_as_it_was_checked(browser, doctor, typed):
    browser.post(
        URL, {**typed, "registration_number": "X", "council": "Y", "state": "suspended", "rating": "5", "slug": "boss"}
    )
    row = Doctor.objects.get(pk=doctor.pk)
    assert (row.registration_number, row.council, row.slug) == (doctor.registration_number, doctor.council, doctor.slug)
    assert (row.state, row.rating) == ("approved", None)


def test_a_fee_in_a_hospital_where_they_do_not_work_is_not_taken(browser, doctor, other_hospital, typed):
    browser.post(URL, {**typed, f"fee_{other_hospital.pk}_check_up": "1"})
    assert not doctor.fees.filter(hospital=other_hospital).exists()


def test_fees_of_a_hospital_that_was_left_are_kept(browser, doctor, other_hospital, typed):
    doctor.fees.create(hospital=other_hospital, visit_type="check_up", amount=Decimal(310))
    browser.post(URL, typed)
    assert doctor.fees.get(hospital=other_hospital).amount == 310


def test_two_who_change_it_at_once_do_not_undo_each_other(browser, doctor, typed):
    seen = workflow.entries.own_stamp(Doctor.objects.get(pk=doctor.pk))
    assert seen in browser.get(URL).content.decode()
    doctor.about = "From the panel"
    workflow.change_doctor(doctor=doctor, by=None)
    answer = browser.post(URL, {**typed, "stamp": seen})
    assert answer.status_code == 409 and "Somebody else has changed this" in answer.content.decode()
    assert Doctor.objects.get(pk=doctor.pk).about == "From the panel"


def test_notice_counts_at_once(at, browser, doctor, typed):
    at("2026-03-02 09:00")
    browser.post(URL, {**typed, "notice_minutes": "600"})
    first = free_slots(Doctor.objects.get(pk=doctor.pk))[0]
    assert first.starts_at.isoformat() > "2026-03-02T13:30"


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"minutes_check_up": "", "minutes_video": ""}, "at least one kind of visit"),
        ({"minutes_check_up": "7"}, "divided by 5"),
        ({"minutes_check_up": "9" * 40}, "less than or equal to 240"),
        ({"fee": "-1"}, "greater than or equal to 0"),
        ({"fee": ""}, "Enter your usual fee"),
        ({"days_ahead": "0"}, "greater than or equal to 1"),
        ({"days_ahead": "1000000"}, "less than or equal to 365"),
        ({"notice_minutes": "NaN"}, "whole number"),
        ({"languages": []}, "Choose at least one language"),
        ({"languages": [str(10**30)]}, "not one of the available choices"),
        ({"about": "x" * 2001}, "at most 2000 characters"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_is_changed(browser, doctor, typed, changed, sentence):
    answer = browser.post(URL, {**typed, **changed})
    assert answer.status_code == 422 and sentence in answer.content.decode()
    assert Doctor.objects.get(pk=doctor.pk).about == doctor.about


def test_without_any_kind_of_visit_there_is_nothing_to_book(doctor):
    with pytest.raises(RuleBroken, match="at least one kind"):
        workflow.update_own_doctor(doctor=doctor, values={}, languages=[], offers={}, fees={}, by=doctor.user)


def test_one_who_is_being_checked_fills_in_theirs(pending_doctor, sign_in):
    assert sign_in(pending_doctor).get(URL).status_code == 200
