"""The reception of the demo's hospital, with people who came in from the street, and the children of patient@."""

from datetime import date, timedelta
from typing import NamedTuple

from accounts import workflow as accounts
from appointments import openings
from appointments import workflow as appointments
from healthstack.demo.patients import PATIENT
from healthstack.demo.town import FOUNDED, PASSWORD, address
from healthstack.lib import clock
from hospitals import workflow as hospitals
from hospitals.models import Staff
from patients import workflow as patients

PLACE, PAEDIATRICIAN = "kite", 8
# Whoever of them is free soonest sees those who walk in.
ON_DUTY = (8, 5, 11, 14, 4)
MINUTE = timedelta(minutes=1)


class Person(NamedTuple):
    name: str
    gender: str
    age: int
    blood_group: str = ""
    phone: str = ""


CHILDREN = (Person("Diya Verma", "female", 7, "B+"), Person("Vihaan Verma", "male", 3))
WALK_INS = (
    Person("Ramkali Devi", "female", 67, phone="+915225552001"),
    Person("Munna Lal", "male", 45, phone="+915225552002"),
    Person("Shabnam Bano", "female", 31),
)


def open_desk(town, calendar):
    """Appoint the receptionist, and let happen what happens at the desk, and for the children."""
    with clock.at(calendar.at(-FOUNDED, 10)):
        receptionist = accounts.create_user(
            email=address("reception"),
            name="Jaya Thomas",
            groups=[],
            by=town.administrator,
            password=PASSWORD,
            email_verified=True,
        )
        hospitals.appoint(
            hospital=town.hospitals[PLACE], user=receptionist, role=Staff.Role.RECEPTIONIST, by=town.administrator
        )
    _children(town, calendar)
    _walk_ins(town, calendar, receptionist)


def _children(town, calendar):
    guardian, doctor = town.patients[PATIENT].user, town.doctors[PAEDIATRICIAN]
    with clock.at(calendar.at(-5, 19)):
        diya, vihaan = (
            patients.add_dependant(
                guardian=guardian,
                name=child.name,
                born_on=_birthday(child, calendar),
                gender=child.gender,
                blood_group=child.blood_group,
                by=guardian,
            )
            for child in CHILDREN
        )
        patients.list_allergy(
            patient=diya, substance="Peanuts", reaction="Tight throat", severity="severe", by=guardian
        )
        patients.deny_allergies(patient=vihaan, by=guardian)
    with clock.at(calendar.at(-2, 18)):
        slot = next(slot for slot in _free(doctor, calendar.day(2)) if slot.room == town.hospitals[PLACE].pk)
        visit = _book(town, doctor, slot, diya, guardian, message="She coughs at night.")
    with clock.at(calendar.at(-2, 19)):
        if visit.state == "requested":
            appointments.approve(appointment=visit, by=doctor.user)


def _walk_ins(town, calendar, receptionist):
    """All of them are registered today; who finds a free time is booked, and the first one waits already."""
    here = town.hospitals[PLACE]
    for ago, person in zip((50, 35, 15), WALK_INS, strict=True):
        moment = max(calendar.midnight, calendar.now - ago * MINUTE)
        with clock.at(moment):
            patient = patients.register(
                hospital=here,
                name=person.name,
                born_on=_birthday(person, calendar),
                phone=person.phone,
                gender=person.gender,
                by=receptionist,
            )
            found = _soonest(town, calendar, here)
            if not found:
                continue
            visit = _book(town, *found, patient, receptionist, at_desk=True)
            if person == WALK_INS[0] and visit.state == "confirmed":
                appointments.check_in(appointment=visit, by=receptionist)


def _soonest(town, calendar, here):
    """(doctor, slot) of the first free time here, today or tomorrow; none when nobody has one."""
    slots = [
        (slot.start, number, slot)
        for number in ON_DUTY
        for slot in _free(town.doctors[number], calendar.today, days=2, notice=False)
        if slot.room == here.pk
    ]
    _start, number, slot = min(slots, default=(None, None, None))
    return (town.doctors[number], slot) if slot else None


def _free(doctor, on, *, days=7, notice=True):
    return openings.free_for([doctor], start_on=on, days=days, notice=notice)[doctor.pk]


def _book(town, doctor, slot, patient, by, **facts):
    return appointments.book(
        doctor=doctor,
        hospital=next(place for place in town.hospitals.values() if place.pk == slot.room),
        patient=patient,
        visit_type="check_up",
        start=slot.start,
        by=by,
        **facts,
    )


def _birthday(person, calendar):
    """Some months ago they became so old; of the eldest nobody knows the day."""
    year = calendar.today.year - person.age
    return date(year, 1, 1) if person.age > 60 else date(year, max(1, calendar.today.month - 4), 9)
