"""How the demo is lived through: visits are booked and become what they are meant to, act by act as the clock goes."""

import heapq
from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from itertools import count

from appointments import workflow as appointments
from healthstack.demo import bills, remedies, reviews
from healthstack.demo.diary import Diary
from healthstack.demo.doctors import DOCTORS, HOUSE_NEUROLOGIST
from healthstack.demo.patients import BUSY_TODAY, PATIENTS
from healthstack.demo.town import chance
from healthstack.lib import clock
from patients import workflow as patients
from prescriptions import dosing, formulary
from prescriptions import workflow as prescriptions
from prescriptions.checking import warnings_of
from prescriptions.forms import written
from prescriptions.models import Medication, Medicine
from prescriptions.warnings import substance

WEEKS = 21  # days told on either side of today
SEEN, MISSED, CANCELLED, CALLED_OFF, DECLINED, ASKED = "seen missed cancelled called_off declined asked".split()
SIGNED, DRAFT, NOTHING = "signed", "draft", "nothing"
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


@dataclass
class Visit:
    """One visit as it is planned. What is None is decided when it is booked."""

    doctor: int
    patient: int
    on: int  # days from today
    fate: str = SEEN
    booked_at: object = None
    slot: object = None
    visit_type: str | None = None
    remedy: object = None
    message: str | None = None
    reason: str = ""
    arrives_at: object = None
    begins_at: object = None
    ends_at: object = None
    paper: str | None = None  # what is written in the visit: SIGNED, DRAFT or NOTHING
    row: object = None


class Story:
    """The acts still to come, in the order of their moments. Those that lie behind now are lived through by `tell`."""

    def __init__(self, town, calendar):
        self.town, self.calendar, self.diary = town, calendar, Diary(town.doctors)
        self.acts, self.order = [], count()
        self.inside = defaultdict(lambda: None)  # doctor: until when somebody is in the room
        self.troubles = {}  # (specialty, patient): the remedy that was found
        self.known = set()  # (doctor, patient) who have met
        self.said = defaultdict(set)  # doctor: what reviews say
        self.listed = list_by_substance()
        # What is arranged ahead is arranged by yesterday afternoon: a day looks the same at whatever hour it is loaded.
        self.edge = calendar.midnight - 6 * HOUR

    # --- the clock

    def when(self, moment, act, *facts):
        heapq.heappush(self.acts, (moment, next(self.order), act, facts))

    def tell(self):
        while self.acts:
            moment, _order, act, facts = heapq.heappop(self.acts)
            if moment <= self.calendar.now:
                with clock.at(moment):
                    act(*facts)

    # --- acts of a visit

    def book(self, visit):
        doctor, patient = self.town.doctors[visit.doctor], self.town.patients[visit.patient]
        dice = chance("visit", visit.doctor, visit.patient, visit.on)
        self._make_up_mind(visit, dice)
        slot = visit.slot or self._free_slot(visit, dice)
        if slot is None:
            return  # no time is left in those days: the patient goes elsewhere
        visit.row = appointments.book(
            doctor=doctor,
            hospital=self._hospital(slot.room),
            patient=patient,
            visit_type=visit.visit_type,
            start=slot.start,
            by=patient.user,
            message=visit.message,
        )
        self.diary.take(visit.doctor, visit.patient, visit.row)
        self._go_on(visit, doctor, dice)

    def _make_up_mind(self, visit, dice):
        """What the patient comes for: again for what was found last time, or with something new."""
        person, specialty = PATIENTS[visit.patient - 1], specialty_of(visit.doctor)
        met = (visit.doctor, visit.patient) in self.known
        trouble = visit.remedy or self.troubles.get((specialty, visit.patient))
        if trouble is None or (met and not trouble.again):
            trouble = dice.choice([r for r in remedies.REMEDIES[specialty] if r.suits(person)])
            again = False
        else:
            again = met
        visit.remedy = self.troubles[specialty, visit.patient] = trouble
        if visit.visit_type is None:
            visit.visit_type = dice.choice(("follow_up", "follow_up", "report_review")) if again else "check_up"
        if visit.message is None:
            visit.message = dice.choice(remedies.AGAIN) if again else trouble.complaint

    def _free_slot(self, visit, dice):
        """A free time on the day meant, or on one of the next days; behind us stays behind us."""
        last = -1 if visit.on < 0 else WEEKS
        for offset in range(visit.on, min(visit.on + 4, last) + 1):
            if offset == 0 and visit.patient in BUSY_TODAY:
                continue
            found = self.diary.free(
                visit.doctor, self.calendar.day(offset), visit_type=visit.visit_type, patient=visit.patient
            )
            if found:
                visit.on = offset
                # A group fills up before the next one begins.
                fewest = min(slot.left for slot in found)
                return dice.choice([slot for slot in found if slot.left == fewest])
        return None

    def _hospital(self, key):
        return next(hospital for hospital in self.town.hospitals.values() if hospital.pk == key)

    def _go_on(self, visit, doctor, dice):
        """Plan what comes after the booking."""
        start, asked = visit.row.starts_at, clock.now()
        if not doctor.confirms_instantly:
            answer = min(asked + dice.randrange(15, 400) * MINUTE, self._latest(visit, start - 5 * MINUTE))
            answer = max(answer, asked + MINUTE)
            if visit.fate == ASKED:
                self.when(start, self.expire, visit)
                return
            if visit.fate == DECLINED:
                visit.reason = visit.reason or dice.choice(remedies.DECLINED)
                self.when(answer, self.decline, visit)
                return
            self.when(answer, self.approve, visit)
            asked = answer
        if bills.pays_online(visit):
            self.when(asked + 9 * MINUTE, bills.pay_online, visit)
        if visit.fate in (CANCELLED, CALLED_OFF):
            words = remedies.CALLED_OFF_BY_PATIENT if visit.fate == CANCELLED else remedies.CALLED_OFF_BY_DOCTOR
            visit.reason = visit.reason or dice.choice(words)
            latest = self._latest(visit, start - 10 * MINUTE)
            self.when(asked + max(MINUTE, (latest - asked) * dice.random()), self.cancel, visit)
        elif visit.fate == MISSED:
            self.when(start + dice.randrange(15, 19) * MINUTE, self.miss, visit)
        else:
            self._meet(visit, dice)

    def _latest(self, visit, moment):
        return moment if visit.on < 0 else min(moment, self.edge)

    def _meet(self, visit, dice):
        start = visit.row.starts_at
        early, late = dice.randrange(1, 15), dice.randrange(5)
        day_begins = self.calendar.at(visit.on)
        visit.paper = visit.paper or (SIGNED if dice.random() < 0.9 else NOTHING)
        arrives = visit.arrives_at or max(start - early * MINUTE, day_begins)
        self.when(arrives, self.check_in, visit)
        if visit.arrives_at is None or visit.begins_at is not None:
            begins = visit.begins_at or start + late * MINUTE
            minutes = max(6, round(visit.row.minutes * (0.6 + 0.3 * dice.random())))
            self.when(max(begins, arrives), self.begin, visit, minutes)

    def approve(self, visit):
        appointments.approve(appointment=visit.row, by=visit.row.doctor.user)

    def decline(self, visit):
        appointments.decline(appointment=visit.row, reason=visit.reason, by=visit.row.doctor.user)
        self._give_back(visit)

    def cancel(self, visit):
        by = visit.row.patient.user if visit.fate == CANCELLED else visit.row.doctor.user
        appointments.cancel(appointment=visit.row, reason=visit.reason, by=by)
        self._give_back(visit)
        self.when(clock.now() + HOUR, bills.send_back, visit)

    def expire(self, visit):
        appointments.expire(appointment=visit.row)
        self._give_back(visit)

    def miss(self, visit):
        appointments.no_show(appointment=visit.row, by=visit.row.doctor.user)
        self._give_back(visit)

    def _give_back(self, visit):
        self.diary.give_back(visit.doctor, visit.patient, visit.row)

    def check_in(self, visit):
        appointments.check_in(appointment=visit.row, by=visit.row.doctor.user)

    def begin(self, visit, minutes):
        """The doctor calls the patient in, once the one before has left."""
        until = self.inside[visit.doctor]
        if until is not None:
            self.when(max(until, clock.now()) + MINUTE, self.begin, visit, minutes)
            return
        by = visit.row.doctor.user
        appointments.start(appointment=visit.row, by=by)
        patients.open_record(patient=visit.row.patient, by=by, why="visit")
        self.inside[visit.doctor] = visit.ends_at or clock.now() + minutes * MINUTE
        self.when(self.inside[visit.doctor], self.finish, visit)

    def finish(self, visit):
        self._prescribe(visit)
        appointments.complete(appointment=visit.row, by=visit.row.doctor.user)
        self.inside[visit.doctor] = None
        self.known.add((visit.doctor, visit.patient))
        self._think_of_it(visit)
        self.when(clock.now() + 4 * MINUTE, bills.pay_at_desk, visit)

    def _think_of_it(self, visit):
        """Most grown-ups say how it was, within two days; doctor@ has so many patients that fewer are enough."""
        dice = chance("review", visit.doctor, visit.patient, visit.on)
        often = 0.35 if visit.doctor == HOUSE_NEUROLOGIST else 0.75
        if PATIENTS[visit.patient - 1].age >= 16 and dice.random() < often:
            self.when(clock.now() + dice.randrange(2, 44) * HOUR, self.write_review, visit, dice)

    def write_review(self, visit, dice):
        stars, said = dice.choice(reviews.STARS), self.said[visit.doctor]
        if stars == 1 and any(reviews.TEXTS[1][0] in texts for texts in self.said.values()):
            stars = 5  # one such is enough
        text = reviews.words(stars, PATIENTS[visit.patient - 1].name, said, dice)
        row = appointments.write_review(appointment=visit.row, stars=stars, text=text, by=visit.row.patient.user)
        if answer := reviews.answer(stars, text, dice):
            self.when(clock.now() + dice.randrange(3, 40) * HOUR, self.answer_review, row, answer)

    def answer_review(self, row, answer):
        appointments.answer_review(review=row, text=answer, by=row.doctor.user)

    def _prescribe(self, visit):
        if visit.paper == NOTHING:
            return
        by, again = visit.row.doctor.user, visit.remedy.again
        medicines = medicines_of(visit.remedy, self.listed)
        row = prescriptions.draft(
            appointment=visit.row,
            diagnosis=visit.remedy.diagnosis,
            medicines=medicines,
            reasons=reasons_for(visit.row, medicines),
            advice=visit.remedy.advice,
            follow_up_on=self.calendar.day(visit.on + again) if again else None,
            by=by,
        )
        if visit.paper == SIGNED:
            prescriptions.sign(prescription=row, by=by)


def specialty_of(number):
    return DOCTORS[number - 1].specialties.split("; ")[0]


# Where a medicine goes, by a word of its name; what is swallowed needs none.
PLACES = {
    "eye": "eye",
    "ear": "ear",
    "nasal": "nose",
    "inhaler": "inhaled",
    "cream": "skin",
    "gel": "skin",
    "paraffin": "skin",
}


def medicines_of(remedy, listed=None):
    """Unsaved lines of a prescription. listed: {(substance, strength, unit): Medication}."""
    rows = []
    for line in remedy.medicines:
        name, strength, dose, frequency, food, days = (part.strip() for part in line.split("|"))
        columns = dosing.read_before(dose, frequency)
        place = next((place for word, place in PLACES.items() if word in name.casefold().split()), "oral")
        medication = (listed or {}).get((substance(name), strength, columns["dose_unit"]))
        if medication:
            name, strength = written(medication)
        rows.append(
            Medicine(
                name=name, strength=strength, medication=medication, food=food, route=place, days=int(days), **columns
            )
        )
    return rows


def list_by_substance():
    """{(substance, strength, unit): Medication} of the plain ones with one ingredient."""
    rows = Medication.objects.exclude(form="").filter(manner="").exclude(name__contains=" + ").order_by("-id")
    return {(substance(row.name), row.strength, formulary.USUAL.get(row.form, ("",))[0]): row for row in rows}


def reasons_for(visit, medicines):
    """Why the demo's doctors give a medicine in spite of a warning: they go on with what is taken already."""
    found = warnings_of(visit.patient, medicines, visit=visit)
    return {warning.key: "Goes on with the same medicine." for warning in found if warning.needs_reason}
