"""The doctor of a visit writes its prescription."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from appointments import workflow as appointments
from healthstack.lib.rules import RuleBroken
from patients import workflow as patients
from prescriptions import workflow
from prescriptions.models import Medicine, Prescription
from tests.factories import inbox, trail


def lines(prescription):
    return list(prescription.medicines.values_list("position", "name"))


def write(visit, medicines=(), **facts):
    return workflow.draft(
        **{
            "appointment": visit,
            "diagnosis": "Migraine",
            "medicines": list(medicines),
            "by": visit.doctor.user,
            **facts,
        }
    )


def test_it_is_a_draft_with_its_lines_in_order(draft, visit, doctor, patient):
    assert (draft.state, draft.version, draft.diagnosis, draft.advice) == ("draft", 1, "Migraine", "Sleep.")
    assert (draft.appointment, draft.doctor, draft.patient) == (visit, doctor, patient)
    assert lines(draft) == [(1, "Sumatriptan"), (2, "Naproxen")]
    assert trail(draft) == ["prescriptions.drafted"]


def test_the_patient_does_not_see_a_draft(draft, patient):
    assert not Prescription.objects.visible_to(patient.user).exists()
    assert not Prescription.objects.as_patient(patient.user).exists()
    assert "prescriptions.drafted" not in inbox(patient)


def test_the_doctor_goes_on_writing(draft, visit, medicine):
    again = write(visit, [medicine("Naproxen")], version=1, follow_up_on=date(2026, 3, 16))
    assert again == draft
    assert (again.version, again.follow_up_on) == (2, date(2026, 3, 16))
    assert lines(again) == [(1, "Naproxen")]


@pytest.mark.parametrize("version", [None, 0, 2, 99])
def test_a_draft_that_was_changed_in_another_window_is_not_overwritten(draft, visit, version):
    with pytest.raises(RuleBroken, match="changed in another window"):
        write(visit, version=version, diagnosis="Something else")
    draft.refresh_from_db()
    assert (draft.diagnosis, draft.version) == ("Migraine", 1)
    assert len(lines(draft)) == 2


def test_a_second_window_that_saves_after_the_first_is_told(draft, visit):
    write(visit, version=1, advice="First")
    with pytest.raises(RuleBroken, match="another window"):
        write(visit, version=1, advice="Second")
    draft.refresh_from_db()
    assert draft.advice == "First"


@pytest.mark.parametrize("steps", [(), ("check_in",)])
def test_before_the_visit_nothing_is_prescribed(confirmed, doctor, steps):
    for step in steps:
        getattr(appointments, step)(appointment=confirmed, by=doctor.user)
    with pytest.raises(RuleBroken, match="Start the visit first"):
        write(confirmed)
    assert not Prescription.objects.exists()


def test_after_the_visit_it_can_still_be_written(visit, doctor):
    appointments.complete(appointment=visit, by=doctor.user)
    assert write(visit).state == "draft"


def test_once_the_patient_has_ended_the_access_nothing_is_written(draft, visit, patient):
    patients.end_access(grant=visit.grant, by=patient.user)
    with pytest.raises(RuleBroken, match="may not open this patient's record any more"):
        write(visit, version=1, diagnosis="Something else")
    draft.refresh_from_db()
    assert draft.diagnosis == "Migraine"


def test_a_stranger_without_access_writes_nothing(visit, other_doctor):
    with pytest.raises(RuleBroken, match="may not open"):
        write(visit, by=other_doctor.user)


def test_who_sees_it(draft, doctor, other_doctor, other_patient, hospital_admin, administrator):
    assert Prescription.objects.visible_to(doctor.user).get() == draft
    for user in (other_doctor.user, other_patient.user, hospital_admin, administrator):
        assert not Prescription.objects.visible_to(user).exists()


@pytest.mark.parametrize("days", [0, 366])
def test_the_table_refuses_days_that_make_no_sense(draft, medicine, days):
    row = medicine(days=days)
    row.prescription, row.position = draft, 9
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save()


def test_a_dose_of_before_keeps_its_words():
    tablet = Medicine(name="Sumatriptan", dose="1 tablet", frequency="1-0-1", food="after")
    assert tablet.in_words == "1 tablet in the morning and in the evening, after food"
    assert tablet.in_short == "1-0-1"
    drops = Medicine(name="Vitamin D", strength="60,000 IU", dose="1 sachet in milk", frequency="weekly")
    assert drops.in_words == "1 sachet in milk once a week"
    assert drops.in_short == "once a week"
    assert str(drops) == "Vitamin D 60,000 IU"
