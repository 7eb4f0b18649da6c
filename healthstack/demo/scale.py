"""Bulk data on top of the demo: as many doctors, patients and visits as a country has, straight into the tables.

The one place that writes past the workflows, since a hundred thousand visits one by one would take hours: for measuring
only. What it leaves behind keeps the laws of the tables: claims that do not clash, listings that tell true times.
"""

from datetime import timedelta
from decimal import Decimal
from random import Random

from django.db.models import F

from accounts.models import User
from appointments import openings, slots
from appointments.models import NEVER, Appointment, Claim, DoctorWord, Hours, Listing, ListingPlace, Near, Word
from appointments.search import words
from doctors.models import Affiliation, Doctor, Language, Offer, Specialty
from healthstack.demo.town import address
from healthstack.lib import clock
from healthstack.lib.transactions import one_transaction
from hospitals.models import Hospital, VisitType
from patients.models import Patient

FIRST = "Aarav Aditi Amit Anita Arjun Asha Deepa Farhan Gauri Imran Kavya Kiran Lata Manoj Meera Nisha Ravi Sana Tara Vikram"
LAST = "Agarwal Banerjee Bose Chopra Das Gupta Iyer Joshi Kapoor Khan Kulkarni Menon Mishra Nair Patel Rao Reddy Shah Singh Verma"
TOWNS = (
    "Agra Ajmer Amritsar Bareilly Bhopal Bikaner Chennai Cuttack Dehradun Gaya Guntur Gwalior Hubli Indore Jabalpur"
    " Jaipur Jammu Jhansi Jodhpur Kanpur Kochi Kolkata Kota Ludhiana Madurai Mangaluru Meerut Mumbai Mysuru Nagpur"
    " Nashik Patna Raipur Rajkot Ranchi Salem Shimla Surat Thane Udaipur Ujjain Vadodara Varanasi Vellore Warangal"
)
KINDS = "City Hospital;Care Clinic;Medical Centre;Children Hospital;Heart Institute;Eye Hospital;Nursing Home"
BATCH = 1000
LISTED = 250  # doctors whose listings are made at once: SQLite takes no longer expressions
PAST, AHEAD = 300, 30  # days of visits around today
DAY_OF_WORK = ((540, 780), (960, 1140))  # 09:00 to 13:00, 16:00 to 19:00
VISIT = 20
MINE = 330  # visits of patient@, whatever the size: of those that are over, most of them


def many(model, rows):
    """bulk_create in batches. -> the rows"""
    return model.objects.bulk_create(rows, batch_size=BATCH)


class Scale:
    """doctors, appointments: how many more. Deterministic: the same numbers give the same rows around today."""

    def __init__(self, *, doctors, appointments, say):
        self.doctors, self.appointments, self.say = doctors, appointments, say
        self.dice = Random(f"HealthStack scale {doctors} {appointments}")  # noqa: S311 - data to measure on
        self.today = clock.today()

    def load(self):
        self.say(f"{self.doctors} doctors")
        self._hospitals()
        for first in range(0, self.doctors, BATCH):
            self._doctors(range(first, min(first + BATCH, self.doctors)))
        self.say(f"{self.appointments} appointments")
        self._patients()
        self._visits()
        self.say("listings")
        self._listings()

    @one_transaction
    def _hospitals(self):
        towns, kinds = TOWNS.split(), KINDS.split(";")
        rows = [
            Hospital(
                name=f"{LAST.split()[n % 20]} {kinds[n % len(kinds)]} {n}",
                slug=f"scale-{n}",
                city=towns[n % len(towns)],
                region="India",
                street=f"{n % 200} Station Road",
                emergency=n % 5 == 0,
            )
            for n in range(max(10, self.doctors // 4))
        ]
        many(Hospital, rows)
        self.hospitals = list(Hospital.objects.filter(slug__startswith="scale-").order_by("pk"))

    @one_transaction
    def _doctors(self, numbers):
        first, last = FIRST.split(), LAST.split()
        users = many(
            User,
            [
                User(email=f"scale{n}@demo.example", name=f"{first[n % 20]} {last[n // 20 % 20]}", password="!")  # noqa: S106 - nobody can log in with it
                for n in numbers
            ],
        )
        many(
            Doctor,
            [
                Doctor(
                    user=user,
                    slug=f"dr-scale-{n}",
                    state=Doctor.State.APPROVED,
                    gender="female" if n % 2 else "male",
                    registration_number=f"SC-{n:06}",
                    council="Demo Medical Council",
                    practising_since=1985 + n % 38,
                    fee=Decimal(300 + n % 15 * 100),
                )
                for n, user in zip(numbers, users, strict=True)
            ],
        )
        rows = list(Doctor.objects.filter(user__in=users).order_by("slug"))
        specialties, languages = list(Specialty.objects.order_by("pk")), list(Language.objects.order_by("pk"))
        many(
            Doctor.specialties.through,
            [Doctor.specialties.through(doctor=row, specialty=specialties[row.pk % len(specialties)]) for row in rows],
        )
        spoken = [(row, languages[(row.pk + k) % len(languages)]) for row in rows for k in range(1 + row.pk % 3)]
        many(Doctor.languages.through, [Doctor.languages.through(doctor=row, language=one) for row, one in spoken])
        types = (VisitType.CHECK_UP, VisitType.FOLLOW_UP, VisitType.REPORT_REVIEW)
        many(Offer, [Offer(doctor=row, visit_type=kind, minutes=VISIT) for row in rows for kind in types])
        since = self.today - timedelta(days=2000)
        places = {row.pk: self.hospitals[row.pk % len(self.hospitals)] for row in rows}
        many(Affiliation, [Affiliation(doctor=row, hospital=places[row.pk], started_on=since) for row in rows])
        many(
            Hours,
            [
                Hours(
                    doctor=row,
                    hospital=places[row.pk],
                    weekday=day,
                    from_minute=begins,
                    to_minute=ends,
                    visit=VISIT,
                    valid_from=since,
                )
                for row in rows
                for day in range(6)
                for begins, ends in DAY_OF_WORK
                if (row.pk + day) % 3 or begins == DAY_OF_WORK[0][0]
            ],
        )

    @one_transaction
    def _patients(self):
        first, last = FIRST.split(), LAST.split()
        people = [
            Patient(
                name=f"{first[n % 20]} {last[n // 20 % 20]}",
                born_on=self.today - timedelta(days=6600 + n * 7 % 25000),
                gender="female" if n % 2 else "male",
            )
            for n in range(max(10, self.appointments // 5))
        ]
        self.patients = many(Patient, people)

    def _visits(self):
        """Spread over the doctors; of patient@ and doctor@ of the demo as many as a busy person has."""
        crowd = list(
            Doctor.objects.filter(slug__startswith="dr-scale-")
            .order_by("pk")
            .values_list("pk", "user_id", "fee", named=True)
        )
        where = dict(Affiliation.objects.filter(doctor__in=[d.pk for d in crowd]).values_list("doctor", "hospital"))
        booker = User.objects.get(email=address("admin"))
        mine = Patient.objects.get(user__email=address("patient"))
        step = max(1, self.appointments // MINE)
        each, left = -(-self.appointments // max(1, len(crowd))), self.appointments
        rows = []
        for place, doctor in enumerate(crowd):
            days = self.dice.sample(range(-PAST, AHEAD), k=min(each, PAST + AHEAD))
            for day in days[: min(each, left)]:
                patient = mine if day < 0 and place % step == 0 else self.dice.choice(self.patients)
                rows.append(self._visit(doctor, where[doctor.pk], patient, day, booker))
                left -= 1
            if len(rows) >= BATCH * 5:
                self._keep(rows)
                rows = []
        self._keep(rows)
        self._day_of_the_demo_doctor(booker)

    def _visit(self, doctor, hospital, patient, day, booker, *, minute=None):
        on = self.today + timedelta(days=day)
        minute = 540 + 20 * self.dice.randrange(12) if minute is None else minute
        start = slots.moment(slots.quantum_of(on, minute, openings.ZoneInfo("Asia/Kolkata")))
        end = start + timedelta(minutes=VISIT)
        past = end < clock.now()
        state = "completed" if past else self.dice.choice(("requested", "confirmed", "confirmed"))
        return Appointment(
            doctor_id=doctor.pk,
            hospital_id=hospital,
            patient=patient,
            visit_type=VisitType.CHECK_UP,
            state=state,
            starts_at=start,
            ends_at=end,
            busy_until=end,
            fee=doctor.fee,
            booked_by=booker,
            requested_at=start - timedelta(days=3),
            confirmed_at=None if state == "requested" else start - timedelta(days=2),
            completed_at=end if past else None,
        )

    def _day_of_the_demo_doctor(self, booker):
        doctor = Doctor.objects.get(user__email=address("doctor"))
        hospital = doctor.affiliations.current().values_list("hospital", flat=True).first()
        days = range(PAST + 1, PAST + 1 + max(1, min(self.appointments // 200, 500) // 12))
        rows = [
            self._visit(doctor, hospital, self.dice.choice(self.patients), -day, booker, minute=540 + 20 * n)
            for day in days
            for n in range(12)
        ]
        self._keep(rows)

    @one_transaction
    def _keep(self, rows):
        many(Appointment, rows)
        claims = []
        for row in rows:
            if row.state in Appointment.OPEN:
                quanta = range(slots.quantum(row.starts_at), slots.quantum(row.ends_at))
                claims += [Claim(doctor_id=row.doctor_id, quantum=q, place=0, appointment=row) for q in quanta]
        many(Claim, claims)

    def _listings(self):
        crowd = Doctor.objects.filter(slug__startswith="dr-scale-").order_by("pk")
        keys = list(crowd.values_list("pk", flat=True))
        for first in range(0, len(keys), LISTED):
            self._list(keys[first : first + LISTED])

    @one_transaction
    def _list(self, keys):
        rows = list(
            Doctor.objects.filter(pk__in=keys).with_people().prefetch_related("offers", "affiliations__hospital")
        )
        free = openings.free_for(rows, start_on=self.today, days=openings.LISTED_DAYS)
        listings, places, texts = [], [], {}
        for row in rows:
            found, hospital = free[row.pk], row.affiliations.all()[0].hospital
            days = {(openings.local_day(slot.starts_at, hospital.zone) - self.today).days for slot in found}
            soonest = found[0].starts_at if found else NEVER
            listings.append(
                Listing(
                    doctor=row,
                    name=row.user.name,
                    title=row.title[:200],
                    tongues=", ".join(language.own_name for language in row.languages.all())[:200],
                    where=f"{hospital.name}, {hospital.city}",
                    minutes=VISIT,
                    gender=row.gender,
                    fee=row.fee,
                    next_free_at=soonest,
                    roll_at=soonest - timedelta(minutes=row.notice_minutes),
                    free_from=self.today,
                    free_days=sum(1 << day for day in days if 0 <= day <= openings.LISTED_DAYS),
                )
            )
            places.append(ListingPlace(listing_id=row.pk, hospital=hospital, city=" ".join(words(hospital.city))))
            names = [s.name for s in row.specialties.all()] + [row.title]
            texts[row.pk] = set(words(" ".join([row.user.name, hospital.name, hospital.city, *names]), most=80))
        many(Listing, listings)
        many(ListingPlace, places)
        self._words(texts)

    def _words(self, texts):
        every = sorted(set().union(*texts.values()))
        Word.objects.bulk_create([Word(text=text) for text in every], ignore_conflicts=True)
        known = dict(Word.objects.filter(text__in=every).values_list("text", "pk"))
        many(
            DoctorWord,
            [DoctorWord(word_id=known[text], listing_id=key) for key, some in texts.items() for text in sorted(some)],
        )
        counts = {}
        for some in texts.values():
            for text in some:
                counts[text] = counts.get(text, 0) + 1
        for n in sorted(set(counts.values())):
            keys = [known[text] for text, m in counts.items() if m == n]
            Word.objects.filter(pk__in=keys).update(n=F("n") + n)
        slips = {
            (text[:i] + text[i + 1 :], known[text]) for text in every for i in range(len(text)) if len(text) > 3
        } | {(text, known[text]) for text in every}
        Near.objects.bulk_create(
            [Near(variant=variant, word_id=key) for variant, key in sorted(slips)],
            batch_size=BATCH,
            ignore_conflicts=True,
        )
