"""The note of a visit: a draft that only its doctor sees, signed for the patient, and then only added to."""

from datetime import timedelta

import pytest
from django.urls import reverse

from appointments import workflow
from appointments.models import Addendum, Note
from healthstack.lib import clock
from healthstack.lib.rules import RuleBroken
from healthstack.lib.stamps import Stale
from patients import workflow as patients
from patients.models import AccessGrant
from tests.factories import inbox, trail


@pytest.fixture
def visit(confirmed, doctor):
    workflow.check_in(appointment=confirmed, by=doctor.user)
    return workflow.start(appointment=confirmed, by=doctor.user)


def write(visit, text="Headache since Monday.", **facts):
    return workflow.write_note(appointment=visit, text=text, by=facts.pop("by", visit.doctor.user), **facts)


@pytest.fixture
def draft(visit):
    return write(visit)


@pytest.fixture
def signed(draft, visit):
    return workflow.sign_note(appointment=visit, by=visit.doctor.user)


class TestWriteNote:
    def test_it_is_a_draft_and_one_for_each_visit(self, draft, visit, patient):
        assert (draft.signed_at, draft.version) == (None, 1)
        assert write(visit, " Better. ").text == "Better."
        assert Note.objects.get().version == 2
        assert trail(patient)[0] == "appointments.note_written"

    def test_before_the_visit_has_begun_there_is_none(self, confirmed):
        with pytest.raises(RuleBroken, match="once the visit has begun"):
            write(confirmed)

    def test_it_is_for_the_doctor_of_the_visit(self, visit, other_doctor, patient):
        for person in (other_doctor.user, patient.user):
            with pytest.raises(RuleBroken, match="for the doctor of the visit"):
                write(visit, by=person)

    def test_once_the_record_is_closed_nothing_is_written(self, visit, patient):
        patients.end_access(grant=AccessGrant.objects.get(), by=patient.user)
        with pytest.raises(RuleBroken, match="may not write"):
            write(visit)

    def test_the_second_window_is_told_and_the_first_text_stays(self, visit):
        write(visit, "From the first window", seen="0")
        with pytest.raises(Stale) as refusal:
            write(visit, "From the second window", seen="0")
        assert Note.objects.get().text == "From the first window"
        assert write(visit, "Both", seen=refusal.value.now).text == "Both"

    @pytest.mark.parametrize("text", ["", " \n ", "x" * 20_001])
    def test_it_says_something_and_not_too_much(self, visit, text):
        with pytest.raises(RuleBroken) as refusal:
            write(visit, text)
        assert refusal.value.field == "text"


class TestSignNote:
    def test_the_patient_is_told(self, signed, patient):
        assert signed.signed_at
        assert "appointments.note_signed" in inbox(patient)
        assert trail(patient)[0] == "appointments.note_signed"

    def test_what_is_signed_is_not_changed(self, signed, visit):
        with pytest.raises(RuleBroken, match="is signed"):
            write(visit, "Otherwise")
        with pytest.raises(RuleBroken, match="signed already"):
            workflow.sign_note(appointment=visit, by=visit.doctor.user)

    def test_only_what_was_read_is_signed(self, draft, visit):
        write(visit, "Changed in another window")
        with pytest.raises(Stale):
            workflow.sign_note(appointment=visit, by=visit.doctor.user, seen="1")

    def test_without_a_draft_there_is_nothing_to_sign(self, visit):
        with pytest.raises(RuleBroken, match="no note to sign"):
            workflow.sign_note(appointment=visit, by=visit.doctor.user)


class TestAmendNote:
    def test_it_stands_below_what_was_signed(self, signed, visit, patient):
        workflow.amend_note(appointment=visit, text="It was the left side.", by=visit.doctor.user)
        assert Addendum.objects.get().text == "It was the left side."
        signed.refresh_from_db()
        assert signed.text == "Headache since Monday."
        assert trail(patient)[0] == "appointments.note_amended"

    def test_a_draft_is_changed_instead(self, draft, visit):
        with pytest.raises(RuleBroken, match="no signed note"):
            workflow.amend_note(appointment=visit, text="More", by=visit.doctor.user)


class TestVisibleTo:
    def sees(self, person):
        return Note.objects.visible_to(person.user).exists()

    def test_a_draft_is_its_doctors_alone(self, draft, patient, doctor, other_doctor):
        patients.grant_access(patient=patient, carer=other_doctor.user, reason="Second opinion", by=patient.user)
        assert [self.sees(person) for person in (doctor, patient, other_doctor)] == [True, False, False]

    def test_a_signed_one_is_read_by_whoever_may_open_the_record(self, signed, patient, other_doctor, other_patient):
        patients.grant_access(patient=patient, carer=other_doctor.user, reason="Second opinion", by=patient.user)
        assert [self.sees(person) for person in (patient, other_doctor, other_patient)] == [True, True, False]

    def test_authors_still_read_what_they_signed(self, signed, doctor, at):
        at(clock.now() + timedelta(days=400))
        assert self.sees(doctor)


class TestPages:
    def test_from_the_draft_to_the_patient(self, sign_in, visit, doctor, patient):
        browser = sign_in(doctor)
        page = browser.get(visit.get_absolute_url()).content.decode()
        address = reverse("appointments:write_note", args=[visit.pk])
        assert address in page
        answer = browser.post(address, {"text": "Headache <b>since</b> Monday.", "stamp": "0"})
        assert "Headache &lt;b&gt;since" in browser.get(answer.url).content.decode()
        assert sign_in(patient).get(answer.url).status_code == 404
        browser.post(reverse("appointments:sign_note", args=[visit.pk]), {"seen": "1"})
        assert sign_in(patient).get(answer.url).status_code == 200
        assert browser.get(address).url == answer.url
        amend = reverse("appointments:amend_note", args=[visit.pk])
        assert browser.post(amend, {"text": ""}).status_code == 422
        browser.post(amend, {"text": "On the left."})
        assert "On the left." in sign_in(patient).get(answer.url).content.decode()

    def test_two_windows(self, sign_in, visit, doctor):
        browser = sign_in(doctor)
        address = reverse("appointments:write_note", args=[visit.pk])
        browser.post(address, {"text": "First window", "stamp": "0"})
        answer = browser.post(address, {"text": "Second window", "stamp": "0"})
        page = answer.content.decode()
        assert answer.status_code == 409
        assert page.index("First window") < page.index("Second window</textarea>")
        typed = {"text": "Both", "stamp": answer.context["form"].data["stamp"]}
        assert browser.post(address, typed).status_code == 302

    def test_other_doctors_find_nothing(self, sign_in, signed, visit, other_doctor):
        browser = sign_in(other_doctor)
        for name in ("note", "write_note", "amend_note"):
            assert browser.get(reverse(f"appointments:{name}", args=[visit.pk])).status_code == 404
