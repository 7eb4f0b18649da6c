"""Several requests answered at once, and a refusal that offers another time."""

from datetime import timedelta

import pytest
from django.urls import reverse

from appointments import slots, workflow
from appointments.models import Appointment
from healthstack.lib import clock
from healthstack.lib.rules import RuleBroken
from tests.factories import book, free_slots, inbox

ANSWER = "/appointments/requests/answer/"


@pytest.fixture
def waiting(patient, other_patient, doctor):
    """Four requests, of two patients."""
    return [book(person, doctor) for person in (patient, other_patient) * 2]


def keys(visits):
    return [str(visit.pk) for visit in visits]


def text(answer):
    return " ".join(answer.content.decode().split())


class TestApproveMany:
    def test_each_is_approved(self, waiting, doctor, patient):
        done, left = workflow.approve_many(appointments=waiting, by=doctor.user)
        assert [visit.state for visit in done] == ["confirmed"] * 4
        assert left == []
        assert inbox(patient).count("appointments.approved") == 2

    def test_what_can_no_longer_be_answered_is_named_and_left(self, waiting, patient, doctor, at):
        workflow.cancel(appointment=waiting[2], by=patient.user)
        at(waiting[0].starts_at)
        done, left = workflow.approve_many(appointments=waiting, by=doctor.user)
        assert keys(done) == keys([waiting[1], waiting[3]])
        assert [(str(row.pk), bool(why)) for row, why in left] == [(k, True) for k in keys([waiting[0], waiting[2]])]

    def test_on_the_page(self, sign_in, waiting, doctor):
        answer = sign_in(doctor).post(ANSWER, {"act": "approve", "pick": keys(waiting[:3])}, follow=True)
        assert "3 requests approved." in text(answer)
        assert Appointment.objects.requested().get() == waiting[3]

    def test_a_request_that_passed_is_named_on_the_page(self, sign_in, waiting, doctor, at):
        at(waiting[0].starts_at)
        answer = sign_in(doctor).post(ANSWER, {"act": "approve", "pick": keys(waiting[:2])}, follow=True)
        assert "1 request approved." in text(answer)
        assert "Priyanka Maurya: Its time has passed." in text(answer)


class TestDeclineMany:
    def test_all_for_one_reason(self, waiting, doctor):
        done, left = workflow.decline_many(appointments=waiting, reason="On a course", by=doctor.user)
        assert [(visit.state, visit.reason) for visit in done] == [("declined", "On a course")] * 4
        assert left == []

    def test_without_a_reason_none(self, waiting, doctor):
        with pytest.raises(RuleBroken, match="Say why"):
            workflow.decline_many(appointments=waiting, reason=" ", by=doctor.user)
        assert Appointment.objects.requested().count() == 4

    def test_on_the_page(self, sign_in, waiting, doctor):
        browser = sign_in(doctor)
        answer = browser.post(ANSWER, {"act": "decline", "pick": keys(waiting), "reason": ""})
        assert answer.status_code == 409
        assert "Say why" in text(answer)
        answer = browser.post(ANSWER, {"act": "decline", "pick": keys(waiting), "reason": "Away"}, follow=True)
        assert "4 requests declined." in text(answer)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"act": "approve"}, "Choose at least one request"),
        ({"act": "approve", "pick": ["x"]}, "no longer waits"),
        ({"act": "approve", "pick": ["01900000-0000-7000-8000-000000000000"]}, "no longer waits"),
        ({"act": "dance"}, "Choose an answer"),
        ({"act": "decline", "reason": "y" * 241}, "at most 240"),
    ],
)
def test_nonsense_is_answered_in_words(sign_in, waiting, doctor, data, sentence):
    data = {"pick": keys(waiting), **data} if data.get("act") != "approve" else data
    answer = sign_in(doctor).post(ANSWER, data)
    assert answer.status_code == 422
    assert sentence in text(answer)
    assert Appointment.objects.requested().count() == 4


def test_nobody_answers_for_another_doctor(sign_in, waiting, other_doctor):
    answer = sign_in(other_doctor).post(ANSWER, {"act": "approve", "pick": keys(waiting)})
    assert answer.status_code == 422
    assert Appointment.objects.requested().count() == 4


class TestAnotherTime:
    def test_a_refusal_offers_it_and_the_patient_takes_it(self, sign_in, appointment, patient, doctor):
        slot = free_slots(doctor)[4]
        visit = workflow.decline(appointment=appointment, reason="In surgery", offered=slot.start, by=doctor.user)
        assert visit.offered_at == slot.starts_at
        assert not visit.claims.exists(), "it is offered, not held"
        browser = sign_in(patient)
        answer = browser.get(visit.get_absolute_url())
        assert "Dr Neha Sharma could see you on" in text(answer)
        form = answer.content.decode().split(reverse("appointments:book", args=[doctor.slug]))[1]
        assert f'value="{visit.hospital_id}-{slot.start}"' in form
        data = {
            "visit_type": visit.visit_type,
            "who": patient.pk,
            "request_key": visit.pk,
            "slot": f"{visit.hospital_id}-{slot.start}",
        }
        browser.post(reverse("appointments:book", args=[doctor.slug]), data)
        browser.post(reverse("appointments:book", args=[doctor.slug]), data)
        assert Appointment.objects.requested().get().starts_at == slot.starts_at

    def test_when_it_is_gone_the_nearest_are_offered(self, sign_in, appointment, patient, other_patient, doctor):
        slot = free_slots(doctor)[4]
        workflow.decline(appointment=appointment, reason="In surgery", offered=slot.start, by=doctor.user)
        book(other_patient, doctor, slot=slot)
        data = {"visit_type": "check_up", "who": patient.pk, "slot": f"{slot.room}-{slot.start}"}
        answer = sign_in(patient).post(reverse("appointments:book", args=[doctor.slug]), data)
        assert answer.status_code == 409
        assert "Nearest free times" in text(answer)

    def test_the_patient_is_told_of_it(self, appointment, patient, doctor):
        workflow.decline(appointment=appointment, reason="Full", offered=free_slots(doctor)[4].start, by=doctor.user)
        assert patient.user.notifications.filter(text__contains="Another time is offered").exists()

    @pytest.mark.parametrize("which", ["taken", "its own", "outside the hours"])
    def test_a_time_that_is_not_free_cannot_be_offered(self, appointment, other_patient, doctor, which):
        start = slots.quantum(appointment.starts_at)
        if which == "taken":
            start = slots.quantum(book(other_patient, doctor).starts_at)
        elif which == "outside the hours":
            start -= 24
        with pytest.raises(RuleBroken, match="is not free") as refusal:
            workflow.decline(appointment=appointment, reason="Full", offered=start, by=doctor.user)
        assert refusal.value.field == "offered"
        assert refusal.value.offers
        appointment.refresh_from_db()
        assert appointment.state == "requested"

    def test_an_offer_whose_time_has_come_is_no_longer_shown(self, sign_in, appointment, patient, doctor, at):
        slot = free_slots(doctor)[4]
        visit = workflow.decline(appointment=appointment, reason="Full", offered=slot.start, by=doctor.user)
        at(slot.starts_at + timedelta(minutes=1))
        assert "could see you" not in text(sign_in(patient).get(visit.get_absolute_url()))

    def test_the_doctor_chooses_it_on_both_pages(self, sign_in, appointment, doctor):
        browser, slot = sign_in(doctor), free_slots(doctor)[0]
        assert "?offer=1" in text(browser.get(appointment.get_absolute_url()))
        for page in (f"{appointment.get_absolute_url()}?offer=1", "/appointments/requests/"):
            assert f'<option value="{slot.start}">' in text(browser.get(page))
        url = reverse("appointments:decline", args=[appointment.pk])
        browser.post(url, {"reason": "Full", "offered": "-3"})
        appointment.refresh_from_db()
        assert appointment.state == "requested"
        browser.post(url, {"reason": "Full", "offered": slot.start})
        appointment.refresh_from_db()
        assert appointment.offered_at == slot.starts_at


class TestTheGap:
    @pytest.fixture
    def day(self, doctor):
        """The free times of tomorrow."""
        tomorrow = clock.now().date() + timedelta(1)
        return [slot for slot in free_slots(doctor) if slot.starts_at.date() == tomorrow]

    def line(self, browser):
        return text(browser.get("/appointments/requests/"))

    def test_a_request_between_two_visits_says_so(self, sign_in, patient, other_patient, doctor, day):
        for slot in (day[7], day[9]):
            workflow.approve(appointment=book(other_patient, doctor, slot=slot), by=doctor.user)
        book(patient, doctor, slot=day[8])
        assert "Fits your 11:40 gap" in self.line(sign_in(doctor))

    def test_one_with_much_room_around_it_does_not(self, sign_in, patient, other_patient, doctor, day):
        for slot in (day[2], day[9]):
            workflow.approve(appointment=book(other_patient, doctor, slot=slot), by=doctor.user)
        book(patient, doctor, slot=day[5])
        assert "gap" not in self.line(sign_in(doctor)).split("<main")[1]

    def test_one_at_the_edge_of_the_day_does_not(self, sign_in, patient, other_patient, doctor, day):
        workflow.approve(appointment=book(other_patient, doctor, slot=day[1]), by=doctor.user)
        book(patient, doctor, slot=day[0])
        assert "gap" not in self.line(sign_in(doctor)).split("<main")[1]
