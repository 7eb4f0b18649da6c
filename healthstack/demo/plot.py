"""What is to happen in the demo: who visits whom and when, the day of doctor@, and what else comes to pass."""

from datetime import timedelta

from accounts import workflow as accounts
from accounts.models import User
from appointments import workflow as appointments
from appointments.models import Review
from healthstack.demo import patients as cast
from healthstack.demo import remedies
from healthstack.demo.doctors import (
    DOCTORS,
    FULLY_BOOKED,
    HOUSE_NEUROLOGIST,
    ON_LEAVE,
    PENDING,
    SUSPENDED,
    WITHOUT_HOURS,
)
from healthstack.demo.patients import BUSY_TODAY, PATIENTS
from healthstack.demo.places import HOSPITALS
from healthstack.demo.reviews import HIDDEN_FOR
from healthstack.demo.story import (
    ASKED,
    CALLED_OFF,
    CANCELLED,
    DECLINED,
    DRAFT,
    HOUR,
    MINUTE,
    MISSED,
    NOTHING,
    SEEN,
    SIGNED,
    WEEKS,
    Visit,
    specialty_of,
)
from healthstack.demo.town import DOMAIN, chance, shifts
from healthstack.lib import clock
from patients import workflow as patients
from patients.models import AccessGrant, Allergy

COLLEAGUES = (4, 5, 8, 11, 14)
GP, ENT, DERMATOLOGIST, CARDIOLOGIST, DRAFTER = 10, 14, 7, 5, 22
# Besides children's doctors, those who see children too.
FAMILY_SPECIALTIES = {"Dermatology", "Ophthalmology", "Ear, nose and throat", "Dentistry"}
# What becomes of visits, dealt like cards: every 25 behind us hold one of each at least.
BEHIND = (SEEN,) * 18 + (MISSED, CANCELLED, SEEN, CANCELLED, CALLED_OFF, DECLINED, ASKED)
AHEAD = (SEEN,) * 14 + (ASKED,) * 3 + (CANCELLED, CANCELLED, DECLINED)
DAY = timedelta(days=1)


class Plot:
    """Fills a story with visits and other acts."""

    def __init__(self, story):
        self.story = story
        self.town, self.calendar, self.diary = story.town, story.calendar, story.diary

    def plan(self):
        for number, person in enumerate(DOCTORS, 1):
            self._plan_doctor(number, person)
        self._plan_house_neurologist()
        self._plan_suspended()
        self._plan_hospital()
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
        last = self.story.edge - 8 * HOUR
        if visit.doctor == SUSPENDED:
            last -= DAY
        until = min(last, self.calendar.at(visit.on, 6))
        since = min(self.calendar.at(visit.on - 14, 8), self.calendar.midnight - 6 * DAY)
        moment = since + (until - since) * dice.random()
        self.story.when(moment.replace(microsecond=0), self.story.book, visit)

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

    def _plan_suspended(self):
        """The doctor who is suspended yesterday leaves visits behind that somebody must see to."""
        for patient, on in ((35, 2), (38, 6)):
            self._ask(Visit(SUSPENDED, patient, on), chance("suspended", patient))

    def _plan_hospital(self):
        """The colleagues of doctor@ in the hospital of hospital@ have somebody today as well."""
        dice = chance("hospital")
        for number in COLLEAGUES:
            free = [n for n in eligible(number) if n not in BUSY_TODAY]
            for patient in dice.sample(free, 2):
                self._ask(Visit(number, patient, 0), dice)

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
        self.story.when(visit.booked_at, self.story.book, visit)

    def _plan_requests(self, asked_for):
        """Requests that wait for doctor@, today's first."""
        today, *later = cast.ASK_SAYING
        if asked_for:
            self._request(Visit(HOUSE_NEUROLOGIST, cast.ASKS_FOR_TODAY, 0, slot=asked_for, message=today), 18 * MINUTE)
        for patient, on, hours, message in zip(cast.ASK_FOR_LATER, (1, 2, 4), (2, 5, 27), later, strict=True):
            self._request(Visit(HOUSE_NEUROLOGIST, patient, on, message=message), hours * HOUR)

    def _request(self, visit, ago):
        visit.fate, visit.visit_type = ASKED, "check_up"
        self.story.when(self.calendar.now - ago, self.story.book, visit)

    # --- other happenings

    def _plan_happenings(self):
        at = self.calendar.at
        self.story.when(at(-36, 12), self.take_leave)
        self.story.when(at(-30, 20), self.correct_allergy)
        self.story.when(at(-3, 20), self.end_access)
        self.story.when(at(-5, 19), self.look_it_up)
        self.story.when(at(-1, 12), self.suspend)
        self.story.when(at(-1, 18), self.hide_review)
        self.story.when(at(-1, 19), self.read_inboxes)
        self.story.when(at(-1, 20), self.fill)

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

    def hide_review(self):
        """What breaks the rules was seen to."""
        for review in Review.objects.shown().filter(stars=1):
            appointments.hide_review(review=review, reason=HIDDEN_FOR, by=self.town.administrator)

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
            self.story.book(Visit(FULLY_BOOKED, patient, on, slot=slot, visit_type="check_up"))


def deal(deck, dice):
    """Card after card, shuffled anew when all are dealt."""
    while True:
        yield from dice.sample(list(deck), len(deck))


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
