"""A town on an ordinary Monday: a visit in every state, prescriptions, allergies, and people who look at each other's."""

from copy import deepcopy
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.test import Client

from appointments import workflow as appointments
from appointments.models import Appointment, Leave
from billing import workflow as billing
from chat import workflow as chat
from doctors.models import Doctor
from hospitals.models import VisitType
from patients import workflow as patients
from patients.models import AccessGrant, Patient
from prescriptions import workflow as prescriptions
from prescriptions.models import Medicine, Prescription
from tests.conftest import MONDAY, gather, stopping
from tests.factories import DoctorFactory, PatientFactory, book, free_slots, laboratory_order

NEEDLE = "Needlesworth"


@dataclass
class Town:
    """Who lives there, and what they did."""

    cast: dict  # {name of the fixture: who or what}
    people: dict  # {role: User}, None for a visitor
    hospital: object
    doctor: Doctor
    other_doctor: Doctor
    specialty: object
    language: object
    free: object  # a slot of the other doctor in which the patient has nothing else
    visits: dict  # {state: Appointment} of the patient with the doctor
    signed: Prescription
    draft: Prescription
    chat: object  # what the patient and the doctor write to each other
    allergy: object
    grant: AccessGrant
    leave: Leave
    walk_in: Patient  # whom the hospital's reception has registered
    code: str  # with which the walk-in takes the record over
    child: Patient  # of the guardian
    stranger: Appointment  # of a needle with a doctor of the other hospital
    needle_doctor: object
    lab: object  # tests, an order, and one at work with a released result


def medicine(**facts):
    return Medicine(
        **{
            "name": "Levetiracetam",
            "strength": "500 mg",
            "dose_quantity": 1,
            "dose_unit": "tablet",
            "pattern": "1-0-1",
            "route": "oral",
            "days": 30,
            **facts,
        }
    )


def see(visit, doctor, *, until="completed"):
    """Take a confirmed visit of today further along its way."""
    steps = {
        "checked_in": appointments.check_in,
        "in_consultation": appointments.start,
        "completed": appointments.complete,
    }
    for state, verb in steps.items():
        visit = verb(appointment=visit, by=doctor.user)
        if state == until:
            break
    return visit


def soon(patient, doctor, *, after=None, **facts):
    """A visit in the first free time, or the first behind that moment."""
    slots = [slot for slot in free_slots(doctor) if after is None or slot.starts_at > after]
    return book(patient, doctor, slot=slots[0], **facts)


def _chat(patient, doctor):
    row = chat.begin(patient=patient, doctor=doctor, by=doctor.user)
    for n, by in enumerate((patient.user, doctor.user)):
        chat.send(conversation=row, client_id=f"the-form-{n}", text="How are you?", by=by)
    return row


def bills(visits, patient, receptionist):
    """One visit is paid, with a part to be given back; of another the patient has begun to pay."""
    invoice = visits["completed"].invoice
    facts = {"method": "cash", "amount": invoice.due, "key": "before", "by": receptionist}
    billing.pay_at_desk(invoice=invoice, **facts)
    billing.credit(invoice=invoice, amount=Decimal(100), reason="Colleague", by=receptionist)
    billing.pay(invoice=visits["confirmed"].invoice, provider="sandbox", key="begun", by=patient.user)


def of_the_town(name):
    """Where a test has the town, this one of the cast lives there."""

    @pytest.fixture(name=name)
    def somebody(request):
        there = "town" in request.fixturenames
        return request.getfixturevalue("town").cast[name] if there else request.getfixturevalue(name)

    return somebody


patient, other_patient, doctor = map(of_the_town, ("patient", "other_patient", "doctor"))
hospital, other_hospital = map(of_the_town, ("hospital", "other_hospital"))
hospital_admin, other_hospital_admin = map(of_the_town, ("hospital_admin", "other_hospital_admin"))


@pytest.fixture(scope="module")
def first_town(once):
    with stopping() as at:
        return once(lambda: set_town(at))


@pytest.fixture
def town(db, first_town, at):
    """The town at twenty past nine, as it was before the test before."""
    at("2026-03-02 09:20")
    return deepcopy(first_town)


def set_town(at):
    at(MONDAY)
    cast = gather(
        "patient",
        "other_patient",
        "doctor",
        "other_doctor",
        "pending_doctor",
        "guardian",
        "dependant",
        "hospital_admin",
        "receptionist",
        "technician",
        "other_hospital_admin",
        "administrator",
        "many_hats",
        "other_hospital",
    )
    patient, other_patient, guardian, dependant = map(cast.get, ("patient", "other_patient", "guardian", "dependant"))
    doctor, other_doctor, pending_doctor = map(cast.get, ("doctor", "other_doctor", "pending_doctor"))
    hospital_admin, receptionist, administrator = map(cast.get, ("hospital_admin", "receptionist", "administrator"))
    many_hats, other_hospital = map(cast.get, ("many_hats", "other_hospital"))
    needle = PatientFactory(email="needle@example.org", name=f"Asha {NEEDLE}")
    away = DoctorFactory(email="away@example.org", name="Ravi Menon", hospitals=[other_hospital])
    stranger = appointments.approve(appointment=soon(needle, away, message=f"{NEEDLE} has a headache"), by=away.user)
    allergy = patients.list_allergy(patient=patient, substance="Penicillin", severity="severe", by=patient.user)
    patients.list_allergy(patient=needle, substance=f"{NEEDLE} pollen", by=needle.user)
    patients.list_condition(patient=patient, text="Hay fever", by=patient.user)
    patients.list_condition(patient=needle, text=f"{NEEDLE} fever", by=needle.user)
    visits = {}
    for state in ("completed", "in_consultation", "checked_in", "confirmed", "requested", "declined", "cancelled"):
        last = max((visit.starts_at for visit in visits.values()), default=None)
        visits[state] = soon(patient, doctor, after=last, message="I often have a headache")
    for state in ("completed", "in_consultation", "checked_in", "confirmed"):
        visits[state] = appointments.approve(appointment=visits[state], by=doctor.user)
    bills(visits, patient, receptionist)
    visits["declined"] = appointments.decline(appointment=visits["declined"], reason="Not that day", by=doctor.user)
    visits["cancelled"] = appointments.cancel(appointment=visits["cancelled"], by=patient.user)
    at("2026-03-02 09:00")
    visits["completed"] = see(visits["completed"], doctor, until="in_consultation")
    signed = prescriptions.draft(
        appointment=visits["completed"],
        diagnosis="Migraine",
        advice="Sleep well",
        medicines=[medicine()],
        by=doctor.user,
    )
    signed = prescriptions.sign(prescription=signed, by=doctor.user)
    visits["completed"] = appointments.complete(appointment=visits["completed"], by=doctor.user)
    at("2026-03-02 09:20")
    visits["in_consultation"] = see(visits["in_consultation"], doctor, until="in_consultation")
    draft = prescriptions.draft(
        appointment=visits["in_consultation"], diagnosis="Vertigo", medicines=[medicine()], by=doctor.user
    )
    visits["checked_in"] = see(visits["checked_in"], doctor, until="checked_in")
    other = soon(other_patient, other_doctor, visit_type=VisitType.FOLLOW_UP)
    other = appointments.approve(appointment=other, by=other_doctor.user)
    # The one with many hats is asked as a doctor, and asks a colleague as a patient.
    soon(other_patient, Doctor.objects.get(user=many_hats), after=other.ends_at)
    soon(Patient.objects.get(user=many_hats), other_doctor, after=other.ends_at)
    of_child = soon(dependant, other_doctor, after=other.ends_at, by=guardian.user)
    appointments.approve(appointment=of_child, by=other_doctor.user)
    hospital = doctor.affiliations.get().hospital
    walk_in = patients.register(
        hospital=hospital, name="Ramesh Yadav", born_on=date(1960, 1, 1), phone="+919839012345", by=receptionist
    )
    code, _made = patients.invite(patient=walk_in, by=receptionist)
    first = datetime(2026, 3, 20, tzinfo=UTC)
    leave = appointments.take_leave(
        doctor=doctor, starts_at=first, ends_at=first + timedelta(days=1), note="A wedding", by=doctor.user
    )
    lab = laboratory_order(visits["completed"], hospital, cast["technician"])
    people = {
        "visitor": None,
        "patient": patient.user,
        "doctor": doctor.user,
        "pending doctor": pending_doctor.user,
        "guardian": guardian.user,
        "hospital administrator": hospital_admin,
        "receptionist": receptionist,
        "technician": cast["technician"],
        "administrator": administrator,
        "many hats": many_hats,
    }
    late = [slot for slot in free_slots(other_doctor) if slot.starts_at > first - timedelta(days=16)]
    return Town(
        cast=cast,
        people=people,
        hospital=hospital,
        doctor=doctor,
        other_doctor=other_doctor,
        specialty=doctor.specialties.get(),
        language=doctor.languages.get(),
        free=late[0],
        visits={state: Appointment.objects.get(pk=visit.pk) for state, visit in visits.items()},
        signed=signed,
        draft=draft,
        chat=_chat(patient, doctor),
        allergy=allergy,
        grant=AccessGrant.objects.as_patient(patient.user).order_by("starts_at", "id").last(),
        leave=leave,
        walk_in=walk_in,
        code=code,
        child=dependant,
        stranger=stranger,
        needle_doctor=away,
        lab=lab,
    )


@pytest.fixture
def as_everyone(town, sign_in):
    """{role: a browser in which that person is logged in}, the visitor's among them."""
    return {role: sign_in(user) if user else Client() for role, user in town.people.items()}
