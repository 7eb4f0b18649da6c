"""A guardian books for a child: the choice on the booking booking_page, and what becomes of it."""

import pytest
from django.urls import reverse

from appointments.models import Appointment
from healthstack.lib.rules import RuleBroken
from patients.models import Registration
from tests.factories import book, free_slots, inbox


@pytest.fixture(autouse=True)
def _monday(monday_morning):
    """It is Monday, 2 March 2026."""


@pytest.fixture
def booking_page(doctor):
    return reverse("appointments:book", args=[doctor.slug])


def typed(doctor, who=None):
    slot = free_slots(doctor)[0]
    facts = {"visit_type": "check_up", "slot": f"{slot.room}-{slot.start}", "message": "He coughs at night"}
    return {**facts, "who": str(who.pk)} if who else facts


def test_the_child_is_booked_by_the_guardian(guardian, dependant, doctor, sign_in, booking_page):
    answer = sign_in(guardian).post(booking_page, typed(doctor, dependant))
    visit = Appointment.objects.get()
    assert answer.url == visit.get_absolute_url()
    assert (visit.patient, visit.booked_by) == (dependant, guardian.user)


def test_the_page_offers_oneself_first_and_keeps_the_choice(guardian, dependant, sign_in, booking_page):
    browser = sign_in(guardian)
    html = browser.get(booking_page).content.decode()
    assert f'<option value="{guardian.pk}" selected>Sunita Maurya (you)' in html
    chosen = browser.get(booking_page, {"who": dependant.pk}).content.decode()
    assert f'<option value="{dependant.pk}" selected>Aarav Maurya' in chosen
    assert f"who={dependant.pk}" in chosen  # the links to other weeks keep it without JavaScript too


def test_who_has_no_children_has_no_choice(patient, sign_in, booking_page):
    html = sign_in(patient).get(booking_page).content.decode()
    assert 'name="who"' not in html and "Priyanka Maurya (you)" in html


@pytest.mark.parametrize("whose", ["other_patient", "nobody", "nonsense"])
@pytest.mark.parametrize("by", ["guardian", "patient"])
def test_for_somebody_elses_patient_the_form_says_the_same_as_for_none(
    whose, by, doctor, sign_in, booking_page, request
):
    person = request.getfixturevalue(by)
    who = {"nobody": "019cac61-8c40-7bf3-9a76-4789170cea92", "nonsense": "9" * 400}.get(whose)
    who = who or str(request.getfixturevalue(whose).pk)
    answer = sign_in(person).post(booking_page, {**typed(doctor), "who": who})
    assert answer.status_code == 422 and "Choose for whom the visit is" in answer.content.decode()
    assert not Appointment.objects.exists()


def test_a_choice_that_was_not_made_is_asked_for(guardian, doctor, sign_in, booking_page):
    assert sign_in(guardian).post(booking_page, typed(doctor)).status_code == 422


def test_a_child_that_came_of_age_meanwhile_is_not_booked(guardian, dependant, doctor, sign_in, booking_page, at):
    at("2036-05-20 08:00")
    assert sign_in(guardian).post(booking_page, typed(doctor, dependant)).status_code == 422
    assert not Appointment.objects.exists()


def test_the_child_has_another_visit_then(guardian, dependant, doctor, other_doctor):
    slot = free_slots(doctor)[0]
    book(dependant, doctor, slot=slot, by=guardian.user)
    with pytest.raises(RuleBroken, match="Aarav Maurya has another visit"):
        book(dependant, other_doctor, slot=slot, by=guardian.user)
    assert book(guardian, other_doctor, slot=slot)  # the parent may be seen meanwhile


def test_the_visit_of_a_child_is_shown_with_its_name_and_cancelled_by_the_guardian(
    guardian, dependant, doctor, sign_in
):
    visit = book(dependant, doctor, by=guardian.user)
    browser = sign_in(guardian)
    assert "for Aarav Maurya" in browser.get("/appointments/").content.decode()
    assert "Cannot come?" in browser.get(visit.get_absolute_url()).content.decode()
    browser.post(reverse("appointments:cancel", args=[visit.pk]))
    visit.refresh_from_db()
    assert visit.state == "cancelled"
    assert "appointments.cancelled" in inbox(doctor) and inbox(guardian) == []


def test_the_hospital_knows_whoever_was_booked_there_once(guardian, dependant, doctor, other_doctor, hospital):
    book(dependant, doctor, by=guardian.user)
    book(dependant, other_doctor, slot=free_slots(other_doctor)[9], by=guardian.user)
    known = Registration.objects.get()
    assert (known.hospital, known.patient, known.registered_by) == (hospital, dependant, guardian.user)
