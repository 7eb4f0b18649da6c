"""What happens in the demo: who books whom and when, and what becomes of it, act by act as the clock goes."""

import heapq
from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from itertools import count

from accounts import workflow as accounts
from accounts.models import User
from appointments import workflow as appointments
from healthstack.demo import patients as cast
from healthstack.demo import remedies
from healthstack.demo.diary import Diary
from healthstack.demo.doctors import (
    DOCTORS,
    FULLY_BOOKED,
    HOUSE_NEUROLOGIST,
    ON_LEAVE,
    PENDING,
    SUSPENDED,
    WITHOUT_HOURS,
)
from healthstack.demo.patients import PATIENTS
from healthstack.demo.places import HOSPITALS
from healthstack.demo.town import DOMAIN, chance, shifts
from healthstack.lib import clock
from patients import workflow as patients
from patients.models import AccessGrant, Allergy
from prescriptions import workflow as prescriptions
from prescriptions.models import Medicine

WEEKS = 21  # days told on either side of today
GP, ENT, DERMATOLOGIST, CARDIOLOGIST, DRAFTER = 10, 14, 7, 5, 22
# Besides children's doctors, those who see children too.
FAMILY_SPECIALTIES = {"Dermatology", "Ophthalmology", "Ear, nose and throat", "Dentistry"}
SEEN, MISSED, CANCELLED, CALLED_OFF, DECLINED, ASKED = "seen missed cancelled called_off declined asked".split()
SIGNED, DRAFT, NOTHING = "signed", "draft", "nothing"
# What becomes of visits, dealt like cards: every 25 behind us hold one of each at least.
BEHIND = (SEEN,) * 18 + (MISSED, CANCELLED, SEEN, CANCELLED, CALLED_OFF, DECLINED, ASKED)
AHEAD = (SEEN,) * 14 + (ASKED,) * 3 + (CANCELLED, CANCELLED, DECLINED)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


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
        # What is arranged ahead is arranged by yesterday afternoon: a day looks the same at whatever hour it is loaded.
        self.edge = calendar.midnight - 6 * HOUR
        self.left_out = 0

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
            self.left_out += 1
            return
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

    def _prescribe(self, visit):
        if visit.paper == NOTHING:
            return
        by, again = visit.row.doctor.user, visit.remedy.again
        row = prescriptions.draft(
            appointment=visit.row,
            diagnosis=visit.remedy.diagnosis,
            medicines=medicines_of(visit.remedy),
            advice=visit.remedy.advice,
            follow_up_on=self.calendar.day(visit.on + again) if again else None,
            by=by,
        )
        if visit.paper == SIGNED:
            prescriptions.sign(prescription=row, by=by)

    # --- what is planned

    def plan(self):
        for number, person in enumerate(DOCTORS, 1):
            self._plan_doctor(number, person)
        self._plan_house_neurologist()
        self._plan_patient()
        self._plan_today()
        self._plan_happenings()

    def _plan_doctor(self, number, person):
        """Visits spread over the six weeks, more of them near today, by patients who come back."""
        dice = chance("doctor", number)
        weekdays = {day for _place, days, *_ in shifts(person) for day in days}
        days = [n for n in range(-WEEKS, WEEKS + 1) if self.calendar.day(n).weekday() in weekdays]
        if number == SUSPENDED:
            days = [n for n in days if n not in (-1, 0)]
        if not person.visits or number in (PENDING, WITHOUT_HOURS):
            return
        regulars = dice.sample(eligible(number), min(len(eligible(number)), max(4, person.visits // 2)))
        behind, ahead = deal(BEHIND, dice), deal(AHEAD, dice)
        for _ in range(person.visits):
            middle = dice.triangular(-WEEKS, WEEKS, 0)
            on = min(days, key=lambda n: (abs(n - middle), n))
            patient = dice.choice([n for n in regulars if on or n not in BUSY_TODAY] or regulars)
            self._ask(Visit(number, patient, on, next(behind if on < 0 else ahead)), dice)

    def _ask(self, visit, dice):
        """Let the visit be booked at some hour of the two weeks before it, by yesterday afternoon at the latest."""
        last = self.edge - 8 * HOUR
        if visit.doctor == SUSPENDED:
            last -= DAY
        until = min(last, self.calendar.at(visit.on, 6))
        since = min(self.calendar.at(visit.on - 14, 8), self.calendar.midnight - 6 * DAY)
        moment = since + (until - since) * dice.random()
        self.when(moment.replace(microsecond=0), self.book, visit)

    def _plan_house_neurologist(self):
        """The days of doctor@, but for today: full behind us, filling up ahead."""
        dice = chance("house neurologist")
        everybody = eligible(HOUSE_NEUROLOGIST)
        behind, ahead = deal(BEHIND, dice), deal([f for f in AHEAD if f != ASKED], dice)
        for on in [*range(-WEEKS, 0), *range(1, WEEKS + 1)]:
            visits = dice.randrange(2, 5) if on < 0 else max(0, 5 - on // 2 - dice.randrange(2))
            for patient in dice.sample(everybody, visits or int(dice.random() < 0.3)):
                fate = next(behind) if on < 0 else next(ahead)
                self._ask(Visit(HOUSE_NEUROLOGIST, patient, on, fate), dice)
        # Two prescriptions that wait for a signature.
        for doctor, patient in ((HOUSE_NEUROLOGIST, 14), (DRAFTER, 34)):
            self._ask(Visit(doctor, patient, -1, paper=DRAFT), dice)

    def _plan_patient(self):
        """What patient@ finds: care behind, a confirmed visit and a request ahead."""
        dice = chance("patient")
        migraine, rhinitis = remedies.REMEDIES["Neurology"][0], remedies.REMEDIES["Ear, nose and throat"][0]
        vitamin, lipids = remedies.REMEDIES["General medicine"][1], remedies.REMEDIES["Cardiology"][1]
        rash = remedies.REMEDIES["Dermatology"][0]
        for doctor, on, visit_type, fate, remedy, message in (
            (HOUSE_NEUROLOGIST, -20, "check_up", SEEN, remedies.FIRST_AID, None),
            (ENT, -17, "check_up", SEEN, rhinitis, None),
            (HOUSE_NEUROLOGIST, -13, "report_review", SEEN, migraine, "The MRI report is with me."),
            (GP, -9, "check_up", SEEN, vitamin, None),
            (HOUSE_NEUROLOGIST, -6, "follow_up", SEEN, migraine, "Fewer attacks: only two since last time."),
            (DERMATOLOGIST, -2, "check_up", CANCELLED, rash, None),
            (HOUSE_NEUROLOGIST, 2, "follow_up", SEEN, migraine, "Tablets are nearly finished."),
            (CARDIOLOGIST, 5, "check_up", ASKED, lipids, None),
        ):
            visit = Visit(doctor, cast.PATIENT, on, fate, None, None, visit_type, remedy, message)
            visit.paper = NOTHING if visit_type == "report_review" else SIGNED
            visit.reason = "The rash is gone" if fate == CANCELLED else ""
            self._ask(visit, dice)

    def _plan_today(self):
        """The day of doctor@: some seen, one in the room, two waiting, some to come, and requests to answer."""
        now = self.calendar.now
        with clock.at(self.calendar.at(-3)):
            grid = self.diary.free(HOUSE_NEUROLOGIST, self.calendar.today)
        begun = sum(slot.starts_at <= now - 5 * MINUTE for slot in grid)
        room = min(max(begun - 1, 0), len(grid) - 3)
        self._plan_queue(grid, room)
        asked_for = self._plan_rest(grid, room)
        self._plan_requests(asked_for)

    def _plan_queue(self, grid, room):
        now, midnight = self.calendar.now, self.calendar.midnight
        begins = max(midnight, min(now, max(grid[room].starts_at, now - 9 * MINUTE)))
        inside = Visit(HOUSE_NEUROLOGIST, cast.IN_THE_ROOM, 0, slot=grid[room], visit_type="check_up")
        inside.message = cast.IN_THE_ROOM_SAYS
        inside.arrives_at, inside.begins_at = max(midnight, begins - 11 * MINUTE), begins
        inside.ends_at = now + HOUR
        self._arranged(inside)
        for n, (patient, ago) in enumerate(zip(cast.WAITING, (13, 4), strict=True), 1):
            waiting = Visit(HOUSE_NEUROLOGIST, patient, 0, slot=grid[room + n])
            waiting.arrives_at = max(midnight, now - ago * MINUTE)
            self._arranged(waiting)

    def _plan_rest(self, grid, room):
        """Those already seen, and those to come. -> the time that one more patient asks for, if the day has one left"""
        for n, patient in zip((1, 2, 3, 4, 6, 8), cast.SEEN_TODAY, strict=True):
            if n <= room:
                fate = MISSED if n == 4 else SEEN
                seen = Visit(HOUSE_NEUROLOGIST, patient, 0, fate, slot=grid[room - n], visit_type="follow_up")
                seen.paper = SIGNED
                self._arranged(seen)
        to_come = grid[room + 3 :]
        for n, patient in zip((0, 1, 3, 6, 9), cast.LATER_TODAY, strict=True):
            if n < len(to_come):
                self._arranged(Visit(HOUSE_NEUROLOGIST, patient, 0, slot=to_come[n]))
        soon, later = (self.calendar.now + wait * MINUTE for wait in (20, 120))
        left = [s for n, s in enumerate(to_come) if n not in (0, 1, 3, 6, 9) and s.starts_at > soon]
        return next((s for s in left if s.starts_at > later), left[-1] if left else None)

    def _arranged(self, visit):
        """Booked some days ago, and approved within the hour."""
        dice = chance("today", visit.patient)
        visit.booked_at = self.calendar.at(-dice.randrange(2, 6), dice.randrange(8, 18), dice.randrange(60))
        self.when(visit.booked_at, self.book, visit)

    def _plan_requests(self, asked_for):
        """Requests that wait for doctor@, today's first."""
        today, *later = cast.ASK_SAYING
        if asked_for:
            self._request(Visit(HOUSE_NEUROLOGIST, cast.ASKS_FOR_TODAY, 0, slot=asked_for, message=today), 18 * MINUTE)
        for patient, on, hours, message in zip(cast.ASK_FOR_LATER, (1, 2, 4), (2, 5, 27), later, strict=True):
            self._request(Visit(HOUSE_NEUROLOGIST, patient, on, message=message), hours * HOUR)

    def _request(self, visit, ago):
        visit.fate, visit.visit_type = ASKED, "check_up"
        self.when(self.calendar.now - ago, self.book, visit)

    # --- other happenings

    def _plan_happenings(self):
        at = self.calendar.at
        self.when(at(-36, 12), self.take_leave)
        self.when(at(-30, 20), self.correct_allergy)
        self.when(at(-3, 20), self.end_access)
        self.when(at(-5, 19), self.look_it_up)
        self.when(at(-1, 12), self.suspend)
        self.when(at(-1, 19), self.read_inboxes)
        self.when(at(-1, 20), self.fill)

    def take_leave(self):
        doctor = self.town.doctors[ON_LEAVE]
        monday = 7 - self.calendar.today.weekday()
        starts_at, ends_at = self.calendar.at(monday), self.calendar.at(monday + 6)
        self.diary.leave(ON_LEAVE, starts_at, ends_at)
        appointments.take_leave(
            doctor=doctor,
            starts_at=starts_at,
            ends_at=ends_at,
            note="A wedding in the family",
            by=doctor.user,
        )

    def correct_allergy(self):
        """patient@ once listed the wrong thing."""
        patient = self.town.patients[cast.PATIENT]
        allergy = patients.list_allergy(patient=patient, substance="Paracetamol", severity="mild", by=patient.user)
        patients.correct_allergy(
            allergy=Allergy.objects.get(pk=allergy.pk), reason="It was another tablet", by=patient.user
        )

    def end_access(self):
        """patient@ has taken the record back from one of the doctors."""
        patient, doctor = self.town.patients[cast.PATIENT], self.town.doctors[ENT]
        grant = AccessGrant.objects.live().filter(patient=patient, carer=doctor.user).first()
        if grant:
            patients.end_access(grant=grant, by=patient.user)

    def look_it_up(self):
        """doctor@ and the family doctor open the record of patient@ outside of a visit."""
        for number in (HOUSE_NEUROLOGIST, GP):
            patients.open_record(
                patient=self.town.patients[cast.PATIENT], by=self.town.doctors[number].user, why="record"
            )

    def suspend(self):
        appointments.suspend_doctor(
            doctor=self.town.doctors[SUSPENDED],
            reason="The council asks for a renewed certificate",
            by=self.town.administrator,
        )

    def read_inboxes(self):
        for user in User.objects.filter(email__endswith=f"@{DOMAIN}").order_by("email"):
            accounts.read_all(by=user)

    def fill(self):
        """The eye specialist has no time left in the coming week."""
        everybody = eligible(FULLY_BOOKED)
        for n, slot in enumerate(self.diary.free(FULLY_BOOKED, self.calendar.today, days=8)):
            on = self.calendar.offset(slot.starts_at)
            turn = everybody[n % len(everybody) :] + everybody[: n % len(everybody)]
            taken = range(slot.start, slot.end)
            patient = next(p for p in turn if self.diary.patients[p].isdisjoint(taken) and (on or p not in BUSY_TODAY))
            self.book(Visit(FULLY_BOOKED, patient, on, slot=slot, visit_type="check_up"))


BUSY_TODAY = {
    cast.PATIENT,
    cast.IN_THE_ROOM,
    *cast.WAITING,
    *cast.SEEN_TODAY,
    *cast.LATER_TODAY,
    cast.ASKS_FOR_TODAY,
}


def deal(deck, dice):
    """Card after card, shuffled anew when all are dealt."""
    while True:
        yield from dice.sample(list(deck), len(deck))


def specialty_of(number):
    return DOCTORS[number - 1].specialties.split("; ")[0]


def eligible(number):
    """The patients who may come to this doctor: of the same city, and of an age and gender the doctor sees."""
    specialty, doctor = specialty_of(number), DOCTORS[number - 1]
    place = (doctor.works_in or shifts(doctor)[0][0]).split()[0]
    city = next(hospital.city for hospital in HOSPITALS if hospital.key == place)
    return [
        n
        for n, person in enumerate(PATIENTS, 1)
        if n != cast.PATIENT
        and person.city == city
        and (person.age < 16 or specialty != "Paediatrics")
        and (person.age >= 16 or specialty in FAMILY_SPECIALTIES | {"Paediatrics"})
        and (person.gender == "female" or specialty != "Gynaecology")
        and any(remedy.suits(person) for remedy in remedies.REMEDIES[specialty])
    ]


def medicines_of(remedy):
    """Unsaved lines of a prescription."""
    rows = []
    for line in remedy.medicines:
        name, strength, dose, frequency, food, days = (part.strip() for part in line.split("|"))
        rows.append(Medicine(name=name, strength=strength, dose=dose, frequency=frequency, food=food, days=int(days)))
    return rows
