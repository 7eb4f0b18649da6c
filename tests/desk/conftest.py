"""Two hospitals with a reception each. In the other one is somebody of whom this one must never learn."""

from datetime import date

import pytest

from appointments import workflow as appointments
from patients import workflow as patients
from tests.factories import DoctorFactory, PatientFactory, book

NEEDLE = "Needlesworth"


@pytest.fixture(autouse=True)
def _monday(monday_morning):
    """It is Monday, 2 March 2026, eight o'clock."""


@pytest.fixture
def walk_in(hospital, receptionist):
    return patients.register(
        hospital=hospital, name="Ramesh Yadav", born_on=date(1960, 1, 1), phone="+919839012345", by=receptionist
    )


@pytest.fixture
def needle(other_hospital, other_receptionist):
    """Somebody whom the other hospital knows, with an allergy and visits there, one of them today."""
    needle = PatientFactory(email="needle@example.org", name=f"Asha {NEEDLE}", born_on=date(1960, 1, 1))
    patients.list_allergy(patient=needle, substance=f"{NEEDLE} pollen", by=needle.user)
    away = DoctorFactory(email="away@example.org", name=f"Ravi {NEEDLE}", hospitals=[other_hospital])
    appointments.approve(appointment=book(needle, away), by=away.user)
    patients.register(
        hospital=other_hospital,
        name=f"Ramesh {NEEDLE}",
        born_on=date(1960, 1, 1),
        phone="+919839012345",
        by=other_receptionist,
    )
    return needle


@pytest.fixture
def allergic(patient, doctor):
    """A patient with a visit today, an allergy and a blood group, which are nobody's business at a desk."""
    patients.list_allergy(patient=patient, substance="Penicillin", reaction="Rash", by=patient.user)
    patient.refresh_from_db()
    patient.blood_group = "AB-"
    patients.update_profile(patient=patient, by=patient.user)
    visit = book(patient, doctor, message="I cough blood")
    return appointments.approve(appointment=visit, by=doctor.user)


@pytest.fixture
def desk(receptionist, sign_in):
    """The browser at the reception."""
    return sign_in(receptionist)
