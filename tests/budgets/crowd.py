"""So many of everything, put into the tables at once: what a site holds after some years."""

from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

from accounts.models import AuditEntry, Mail, Notification, User
from appointments import slots
from appointments.models import Appointment, Claim, DoctorWord, Hours, Leave, Listing, ListingPlace, Word
from appointments.workflow import reindex_hospitals
from billing.models import Invoice, Line, Payment
from chat.models import Conversation, Message
from doctors.models import Affiliation, Doctor, Offer
from healthstack.lib import clock
from hospitals.models import Hospital, VisitType
from laboratory.models import Item, Order, Price, Result, Specimen, Test
from patients.models import AccessGrant, Allergy, Immunization, Observation, Patient, Registration
from patients.workflow import OPENED
from prescriptions.models import Medicine, Prescription
from tests.factories import LONG_AGO, NAMES

CITIES = ("Lucknow", "Pune", "Kanpur", "Agra", "Varanasi")
DAY = timedelta(days=1)


def many(model, rows):
    return model.objects.bulk_create(rows, batch_size=500)


def hospitals(numbers):
    rows = many(
        Hospital,
        (
            Hospital(
                name=f"{NAMES[n % 8]} Clinic {n:04}", slug=f"clinic-{n}", city=CITIES[n % 5], street=f"{n} Main Road"
            )
            for n in numbers
        ),
    )
    reindex_hospitals(hospitals=rows)


def doctors(town, numbers):
    """Doctors of the town's hospital, free at different times of the next days, found by the search."""
    hospital, specialty, language = town.hospital, town.specialty, town.language
    names = {n: f"{NAMES[n % 8]} {n:04}" for n in numbers}
    users = many(User, (User(email=f"crowd{n}@example.org", name=names[n], password="!") for n in numbers))
    for n, user in zip(numbers, users, strict=True):
        user.number = n
    many(
        Doctor,
        (
            Doctor(
                user=user,
                slug=f"dr-crowd-{user.number}",
                state="approved",
                gender="female",
                registration_number=f"C{user.number}",
                council="Council",
                fee=Decimal(500),
            )
            for user in users
        ),
    )
    rows = list(Doctor.objects.filter(user__in=users).order_by("pk"))
    many(Doctor.specialties.through, (Doctor.specialties.through(doctor=row, specialty=specialty) for row in rows))
    many(Doctor.languages.through, (Doctor.languages.through(doctor=row, language=language) for row in rows))
    many(Offer, (Offer(doctor=row, visit_type=kind, minutes=20) for row in rows for kind in VisitType.values))
    many(Affiliation, (Affiliation(doctor=row, hospital=hospital, started_on=LONG_AGO) for row in rows))
    many(
        Hours,
        (
            Hours(
                doctor=row,
                hospital=hospital,
                weekday=day,
                from_minute=540,
                to_minute=1020,
                visit=20,
                valid_from=LONG_AGO,
            )
            for row in rows
            for day in range(2)  # Monday and Tuesday
        ),
    )
    now = clock.now()
    many(
        Listing,
        (
            Listing(
                doctor=row,
                name=f"{NAMES[n % 8]} {n:04}",
                title=specialty.title,
                tongues=language.own_name,
                where=f"{hospital.name}, {hospital.city}",
                minutes=20,
                gender="female",
                fee=Decimal(500),
                next_free_at=now + timedelta(minutes=20 * (n % 100)),
                free_from=now.date(),
                free_days=127,
            )
            for n, row in enumerate(rows)
        ),
    )
    clinics = dict(Hospital.objects.filter(slug__startswith="clinic-").values_list("slug", "pk"))
    places = [(row.pk, hospital.pk) for row in rows]
    places += [(row.pk, clinics[f"clinic-{n}"]) for n, row in zip(numbers, rows, strict=True)]
    many(ListingPlace, (ListingPlace(listing_id=row, hospital_id=place, city="lucknow") for row, place in places))
    word = Word.objects.get(text="neurology")
    many(DoctorWord, (DoctorWord(word=word, listing_id=row.pk) for row in rows))
    word.n += len(rows)
    word.save()


def patients_in_care(town, numbers):
    now = clock.now()
    people = many(
        Patient, (Patient(name=f"{NAMES[n % 8]} Rao {n:04}", born_on=LONG_AGO.replace(1980)) for n in numbers)
    )
    many(
        AccessGrant,
        (
            AccessGrant(patient=one, carer=town.doctor.user, reason="Visit", starts_at=now - DAY, ends_at=now + 9 * DAY)
            for one in people
        ),
    )
    many(Registration, (Registration(hospital=town.hospital, patient=one, registered_at=now) for one in people))
    return people


def visit(town, patient, state, starts_at, **more):
    facts = {
        "doctor": town.doctor,
        "hospital": town.hospital,
        "visit_type": "check_up",
        "fee": Decimal(500),
        "message": "I have had a headache since Monday",
        "booked_by": town.people["patient"],
        "requested_at": clock.now() - 30 * DAY,
        "ends_at": starts_at + timedelta(minutes=20),
        "busy_until": starts_at + timedelta(minutes=20),
    }
    return Appointment(id=uuid4(), patient=patient, state=state, starts_at=starts_at, **{**facts, **more})


def visits(town, numbers, people):
    """Of the patient, past and to come; requests of everybody; a full day in the hospital."""
    now, patient = clock.now(), Patient.objects.get(user=town.people["patient"])
    rows = []
    for n, person in zip(numbers, people, strict=True):
        step = timedelta(minutes=20 * n)
        rows.append(visit(town, patient, "completed", now - 3 * DAY - step, completed_at=now - 3 * DAY - step))
        rows.append(visit(town, patient, "confirmed", now + 3 * DAY + step))
        rows.append(visit(town, person, "requested", now + 2 * DAY + step))
        rows.append(visit(town, person, "confirmed", now + timedelta(minutes=n % 300), doctor=town.other_doctor))
        # A doctor does not see more than some sixty people on one day.
        rows.append(visit(town, person, "completed", now - (n // 60) * DAY - timedelta(minutes=n % 60)))
    many(Appointment, rows)
    busy = {}
    for row in rows:
        if row.state in ("requested", "confirmed"):
            for quantum in range(slots.quantum(row.starts_at), slots.quantum(row.ends_at)):
                busy.setdefault((row.doctor.pk, quantum), row)
    taken = set(Claim.objects.values_list("doctor_id", "quantum"))
    free = {key: row for key, row in busy.items() if key not in taken}
    many(Claim, (Claim(doctor=row.doctor, quantum=q, place=0, appointment=row) for (_doctor, q), row in free.items()))
    return [row for row in rows if row.state == "completed" and row.patient is patient]


def prescriptions(town, seen):
    rows = [
        Prescription(
            id=uuid4(),
            appointment=row,
            doctor=row.doctor,
            patient=row.patient,
            state="signed",
            diagnosis="Migraine",
            drafted_at=row.starts_at,
            signed_at=row.starts_at,
            signed_by=town.doctor.user,
        )
        for row in seen
    ]
    many(Prescription, rows)
    lines = {
        "name": "Levetiracetam",
        "strength": "500 mg",
        "dose_quantity": 1,
        "dose_unit": "tablet",
        "pattern": "1-0-1",
        "days": 30,
    }
    many(Medicine, (Medicine(prescription=row, position=n, **lines) for row in rows for n in (1, 2)))


def letters_and_lines(town, numbers):
    now, patient = clock.now(), Patient.objects.get(user=town.people["patient"])
    readers = [user for user in town.people.values() if user]
    many(
        Notification,
        (
            Notification(
                recipient=user, kind="test", text="Your visit is confirmed.", path="/record/", created_at=now - n * DAY
            )
            for n in numbers
            for user in readers
        ),
    )
    many(
        AuditEntry,
        (
            AuditEntry(
                at=now - timedelta(minutes=n),
                by=readers[n % len(readers)],
                code=OPENED,
                about_type="patients.Patient",
                about_key=str(patient.pk),
                reason="visit",
            )
            for n in numbers
        ),
    )
    many(Mail, (Mail(to=f"crowd{n}@example.org", subject="Your visit is confirmed.", attempts=n % 3) for n in numbers))


def more_of_everything(town, numbers):
    hospitals(numbers)
    doctors(town, numbers)
    people = patients_in_care(town, numbers)
    prescriptions(town, visits(town, numbers, people))
    letters_and_lines(town, numbers)
    bills(town, numbers, people)
    chats(town, numbers, people)
    small_lists(town, numbers)
    record(numbers)
    orders(town, numbers, people)


def chats(town, numbers, people):
    """Everybody has written to the doctor, who has read it of nobody; the patient and the doctor wrote a lot."""
    now, doctor, writer = clock.now(), town.doctor, town.people["patient"]
    rows = [
        Conversation(patient=one, doctor=doctor, last=1, last_at=now - timedelta(minutes=n))
        for n, one in zip(numbers, people, strict=True)
    ]
    many(Conversation, rows)
    facts = {"sender": writer, "text": "How are you?", "sent_at": now}
    said = [Message(conversation=row, sequence=1, client_id="the-form", **facts) for row in rows]
    said += [Message(conversation=town.chat, sequence=100 + n, client_id=f"more-{n}", **facts) for n in numbers]
    many(Message, said)
    Conversation.objects.filter(pk=town.chat.pk).update(last=100 + max(numbers))


def record(numbers):
    """What a record of many years holds: five lines for each number, all of one patient."""
    patient, now = Patient.objects.get(user__email="patient@example.org"), clock.now()
    facts = {"patient": patient, "recorded_by": patient.user}
    kinds = ("blood_pressure", "pulse", "weight", "height")
    taken = [(kind, now - n * DAY / 4) for n in numbers for kind in kinds]
    many(Observation, (Observation(kind=k, value=70, second=50, taken_at=at, **facts) for k, at in taken))
    many(Immunization, (Immunization(vaccine="Influenza", given_on=now.date(), at=now, **facts) for n in numbers))


def bills(town, numbers, people):
    """Of the patient and of the others, to pay, paid and void; some of it came in today."""
    now, patient = clock.now(), Patient.objects.get(user=town.people["patient"])
    price, states = Decimal(500), ("issued", "paid", "void")
    facts = {"hospital": town.hospital, "kind": "visit", "currency": "INR", "net": price, "total": price, "year": 2026}
    rows = [
        Invoice(
            patient=person if n % 2 else patient,
            state=states[n % 3],
            credited=price if n % 3 == 2 else 0,
            paid=price if n % 3 == 1 else 0,
            sequence=10_000 + n,
            opened_at=now - n * DAY,
            issued_at=now - n * DAY,
            due_on=(now + (14 - n) * DAY).date(),
            **facts,
        )
        for n, person in zip(numbers, people, strict=True)
    ]
    many(Invoice, rows)
    line = {"position": 1, "text": "Check-up", "unit_price": price, "net": price, "tax": 0, "total": price}
    many(Line, (Line(invoice=row, **line) for row in rows))
    came = [row for row in rows if row.state == "paid"]
    facts = {"hospital": town.hospital, "amount": price, "method": "cash", "year": 2026}
    many(
        Payment,
        (Payment(invoice=row, key=f"crowd-{row.pk}", sequence=row.sequence, at=row.issued_at, **facts) for row in came),
    )


def orders(town, numbers, people):
    """Tests with prices, and orders of the patient and of the others in every state, with results that are released."""
    now, patient = clock.now(), Patient.objects.get(user=town.people["patient"])
    facts = {"group": f"Group {numbers[0]}", "specimen": "blood", "unit": "mg"}
    tests = many(Test, (Test(name=f"Test {n:04}", slug=f"test-{n}", **facts) for n in numbers))
    many(Price, (Price(hospital=town.hospital, test=test, amount=100) for test in tests))
    facts = {"hospital": town.hospital, "doctor": town.doctor, "ordered_by": town.doctor.user}
    states = ("ordered", "collected", "in_lab", "in_lab", "ready")
    rows = [
        Order(patient=person if n % 2 else patient, state=states[n % 5], ordered_at=now - n * DAY / 40, **facts)
        for n, person in zip(numbers, people, strict=True)
    ]
    many(Order, rows)
    taken = [row for row in rows if row.state != "ordered"]
    by = {"collected_by": town.people["technician"]}
    samples = [Specimen(order=row, kind="blood", accession=f"crowd-{row.pk}"[:20], **by) for row in taken]
    for n, sample in zip(numbers, samples, strict=False):
        sample.accession = f"crowd-{n}"
    many(Specimen, samples)
    steps = ("ordered", "collected", "entered", "verified", "released")
    of = {sample.order_id: sample for sample in samples}
    items = [
        Item(order=row, position=1, test=town.lab.tests[1], specimen=of.get(row.pk), state=steps[n % 5])
        for n, row in zip(numbers, rows, strict=True)
    ]
    many(Item, items)
    facts = {"text": "90", "number": Decimal(90), "collected_at": now, "entered_by": town.people["technician"]}
    known = [item for item in items if item.state in steps[2:]]
    many(
        Result,
        (
            Result(item=i, specimen=i.specimen, released_at=now if i.state == "released" else None, **facts)
            for i in known
        ),
    )


def small_lists(town, numbers):
    """What never becomes long: allergies, leave, the places in which one doctor works."""
    patient = Patient.objects.get(user=town.people["patient"])
    some = [n for n in numbers if n % 50 == 1]
    many(Allergy, (Allergy(patient=patient, substance=f"Pollen {n}", recorded_by=patient.user) for n in some))
    far = clock.now() + 90 * DAY
    many(Leave, (Leave(doctor=town.doctor, starts_at=far + n * DAY, ends_at=far + (n + 1) * DAY) for n in some))
    places = Hospital.objects.filter(slug__in=[f"clinic-{n}" for n in numbers if n % 200 == 1])
    many(Affiliation, (Affiliation(doctor=town.other_doctor, hospital=place, started_on=LONG_AGO) for place in places))
    many(
        Hours,
        (
            Hours(
                doctor=town.other_doctor,
                hospital=place,
                weekday=place.pk % 7,
                from_minute=1080,
                to_minute=1200,
                visit=20,
                valid_from=LONG_AGO,
            )
            for place in places
        ),
    )
