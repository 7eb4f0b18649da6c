"""Everybody and everything that is there before the first visit is booked."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from accounts import workflow as accounts
from accounts.models import User
from appointments import workflow as appointments
from appointments.models import Hours
from doctors import workflow as doctors
from doctors.models import Doctor, Language, Specialty
from healthstack.demo.doctors import DOCTORS, HOUSE_NEUROLOGIST, PENDING
from healthstack.demo.patients import PATIENTS
from healthstack.demo.places import HOSPITALS, LANGUAGES, SPECIALTIES, ZONE
from healthstack.lib import clock
from hospitals import workflow as hospitals
from hospitals.models import Hospital
from patients import workflow as patients

DOMAIN = "demo.example"
PASSWORD = "demo-HealthStack-2026"  # noqa: S105 - public on purpose; nothing is loaded where DEBUG is off
FOUNDED = 42  # days ago
OFFERS = {
    15: {"check_up": 15, "follow_up": 15, "report_review": 10},
    20: {"check_up": 20, "follow_up": 10, "report_review": 10},
    30: {"check_up": 30, "follow_up": 20, "report_review": 15},
}
# The wall clock before and after which the regular day of doctor@ would show no queue: then there is night duty.
MORNING, EVENING = time(9), time(17)


def address(role, number=1):
    """The e-mail address of the nth person of a role: doctor@, doctor02@ …"""
    return f"{role}{number:02}@{DOMAIN}" if number > 1 else f"{role}@{DOMAIN}"


def chance(*key):
    """Dice of their own for each part of the story, so that a change in one part leaves the others as they were."""
    return Random(f"HealthStack demo {key}")  # noqa: S311 - a story to retell, not a secret


class Calendar:
    """Days counted from today, by the wall clock of the demo's hospitals."""

    def __init__(self, now):
        self.now = now.replace(microsecond=0)
        self.zone = ZoneInfo(ZONE)
        self.today = now.astimezone(self.zone).date()
        self.midnight = self.at(0)

    def day(self, offset):
        return self.today + timedelta(days=offset)

    def at(self, offset, hour=0, minute=0):
        return datetime.combine(self.day(offset), time(hour, minute), self.zone)

    def offset(self, moment):
        return (moment.astimezone(self.zone).date() - self.today).days


@dataclass
class Town:
    """Who and what was entered, by number or key."""

    administrator: User
    hospitals: dict = field(default_factory=dict)
    doctors: dict = field(default_factory=dict)
    patients: dict = field(default_factory=dict)


def build(calendar, say):
    """Enter the catalogues, the hospitals, the doctors with their hours, and sign the patients up. -> Town"""
    founded = calendar.at(-FOUNDED, 9)
    with clock.at(founded):
        town = Town(_administrator())
        specialties, languages = _catalogues()
        say(f"{len(HOSPITALS)} hospitals")
        for place in HOSPITALS:
            town.hospitals[place.key] = _hospital(place, town.administrator)
        _hospital_administrator(town)
        say(f"{len(DOCTORS)} doctors")
        for number, person in enumerate(DOCTORS, 1):
            doctor = _doctor(number, person, town, specialties, languages)
            _publish(number, person, doctor, town, calendar)
        # Fresh rows with their offers at hand, which the story asks for at every booking.
        rows = Doctor.objects.select_related("user").prefetch_related("offers").filter(user__email__endswith=DOMAIN)
        emails = {doctor.user.email: doctor for doctor in rows}
        town.doctors = {n: emails[address("doctor", n)] for n in range(1, len(DOCTORS) + 1)}
    say(f"{len(PATIENTS)} patients")
    for number, person in enumerate(PATIENTS, 1):
        with clock.at(founded + timedelta(hours=2 * number)):
            town.patients[number] = _patient(number, person, calendar)
    return town


def _administrator():
    return accounts.create_user(
        email=address("admin"),
        name="Leela Raghavan",
        groups=["Administrators"],
        by=None,
        password=PASSWORD,
        email_verified=True,
    )


def _catalogues():
    """{name: Specialty}, {tag: Language}: those that an administrator has entered already are taken as they are."""
    specialties, languages = {}, {}
    for name, title, slug in SPECIALTIES:
        specialties[name] = Specialty.objects.filter(name=name).first() or Specialty(name=name, title=title, slug=slug)
        if specialties[name].pk is None:
            doctors.save_specialty(specialty=specialties[name], by=None)
    for code, name, own_name in LANGUAGES:
        languages[code] = Language.objects.filter(code=code).first() or Language(
            code=code, name=name, own_name=own_name
        )
        if languages[code].pk is None:
            doctors.save_language(language=languages[code], by=None)
    return specialties, languages


def _hospital(place, by):
    facts = place._asdict()
    fees = facts.pop("fees")
    del facts["key"]
    return hospitals.save_hospital(hospital=Hospital(**facts, zone=ZONE), by=by, fees=fees)


def _hospital_administrator(town):
    user = accounts.create_user(
        email=address("hospital"),
        name="Rukmini Das",
        groups=[],
        by=town.administrator,
        password=PASSWORD,
        email_verified=True,
    )
    hospitals.appoint(hospital=town.hospitals["kite"], user=user, by=town.administrator)


def _doctor(number, person, town, specialties, languages):
    doctor = doctors.add_doctor(
        email=address("doctor", number),
        name=person.name,
        by=town.administrator,
        password=PASSWORD,
        approved=number != PENDING,
        specialties=[specialties[name] for name in person.specialties.split("; ")],
        languages=[languages[tag] for tag in person.languages.split()],
        doctor=Doctor(
            gender=person.gender,
            registration_number=f"DEMO-{10400 + 37 * number}",
            council=person.council,
            degrees=person.degrees,
            practising_since=person.since,
            about=person.about,
            fee=person.fee,
            confirms_instantly=person.instantly,
        ),
    )
    works_in = list(dict.fromkeys([*person.works_in.split(), *(place for place, *_ in shifts(person))]))
    return doctors.change_doctor(
        doctor=doctor,
        by=town.administrator,
        affiliations=[(town.hospitals[key], f"Room {(number * 7) % 30 + 1}") for key in works_in],
        offers=OFFERS[person.step],
        fees={(town.hospitals[key].pk, visit_type): fee for (key, visit_type), fee in person.fees.items()},
    )


def shifts(person):
    """[(place, weekdays from Monday = 0, from minute, to minute)]"""
    found = []
    for part in filter(None, person.hours.split(";")):
        place, days, span = part.split()
        begin, end = (int(clock[:2]) * 60 + int(clock[3:]) for clock in span.split("-"))
        found.append((place, [int(day) - 1 for day in days], begin, end))
    return found


def _publish(number, person, doctor, town, calendar):
    rows = [
        _row(town.hospitals[place], weekday, begin, end, person, calendar.day(-FOUNDED))
        for place, days, begin, end in shifts(person)
        for weekday in days
    ]
    if number == HOUSE_NEUROLOGIST:
        rows += _night_duty(person, town, calendar)
    if rows:
        appointments.publish(doctor=doctor, rows=rows, by=doctor.user)


def _row(hospital, weekday, begin, end, person, valid_from, valid_until=None):
    return Hours(
        hospital=hospital,
        weekday=weekday,
        from_minute=begin,
        to_minute=end,
        visit=person.step,
        buffer=person.buffer,
        places=person.places,
        valid_from=valid_from,
        valid_until=valid_until,
    )


def _night_duty(person, town, calendar):
    """Whoever starts the demo at night meets a doctor who works that night, so that there always is a queue."""
    wall = calendar.now.astimezone(calendar.zone).time()
    today = calendar.today
    spans = [(0, 7 * 60 + 40)] if wall < MORNING else [(21 * 60 + 20, 24 * 60)] if wall >= EVENING else []
    return [_row(town.hospitals["kite"], today.weekday(), *span, person, today, today) for span in spans]


def _patient(number, person, calendar):
    patient = patients.sign_up(
        email=address("patient", number),
        password=PASSWORD,
        name=person.name,
        born_on=_born_on(number, person, calendar.today),
        gender=person.gender,
    )
    user = patient.user
    user.emailaddress_set.create(email=user.email, verified=True, primary=True)
    patient.blood_group = person.blood_group
    if number % 3:
        patient.emergency_name = f"{RELATIVES[number % len(RELATIVES)]} {person.name.split()[-1]}"
        patient.emergency_phone = f"+91 522 555 1{number:03}"
    patients.update_profile(patient=patient, by=user)
    for substance, reaction, severity, _avoid in person.allergies or ():
        patients.list_allergy(patient=patient, substance=substance, reaction=reaction, severity=severity, by=user)
    if person.allergies == ():
        patients.deny_allergies(patient=patient, by=user)
    return patient


RELATIVES = ("Nirmala", "Om", "Saba", "Jai", "Ruth", "Mala", "Dev")


def _born_on(number, person, today):
    """A birthday that makes the patient exactly as old today; the youngest was born before the family signed up."""
    born = date(today.year - person.age, today.month, min(today.day, 28))
    return born - timedelta(days=chance("born", number).randrange(60, 360))
