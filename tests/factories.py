"""How tests come by people, hospitals and visits: by the workflows, so that nobody exists who could not exist."""

from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO
from types import SimpleNamespace

import factory
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from accounts import workflow as accounts
from accounts.models import AuditEntry, Notification, User
from appointments import openings
from appointments import workflow as appointments
from appointments.models import Hours
from doctors import workflow as doctors
from doctors.models import Doctor, Language, Specialty
from healthstack.lib import clock
from hospitals import workflow as hospitals
from hospitals.models import Hospital, VisitType
from laboratory import workflow as laboratory
from laboratory.models import Item, Price, Test
from patients import workflow as patients
from patients.models import Patient

PASSWORD = "a quiet morning by the river"
NAMES = (
    "Asha Verma",
    "Ravi Menon",
    "Meera Iyer",
    "Imran Khan",
    "Leela Das",
    "Arjun Nair",
    "Sana Qureshi",
    "Om Prakash",
)
LONG_AGO = date(2020, 1, 1)


class UserFactory(factory.Factory):
    """A person with an account and a checked address, in the groups named."""

    class Meta:
        model = User

    email = factory.Sequence(lambda n: f"person{n}@example.org")
    name = factory.Iterator(NAMES)
    password = PASSWORD
    groups = ()
    by = None

    @classmethod
    def _create(cls, model_class, **facts):
        return accounts.create_user(email_verified=True, **facts)


class PatientFactory(factory.Factory):
    """A patient who has signed up and checked the address."""

    class Meta:
        model = Patient

    email = factory.Sequence(lambda n: f"patient{n}@example.org")
    name = factory.Iterator(NAMES)
    password = PASSWORD
    born_on = date(1990, 4, 12)

    @classmethod
    def _create(cls, model_class, **facts):
        patient = patients.sign_up(**facts)
        patient.user.emailaddress_set.create(email=patient.user.email, verified=True, primary=True)
        return patient


class HospitalFactory(factory.Factory):
    """A hospital. `fees`: {visit type: amount}."""

    class Meta:
        model = Hospital

    name = factory.Sequence(lambda n: f"Riverside Hospital {n}")
    slug = factory.Sequence(lambda n: f"riverside-{n}")
    city = "Lucknow"
    street = "4 Station Road"
    postcode = "226001"
    fees = None

    @classmethod
    def _create(cls, model_class, *, fees, **columns):
        return hospitals.save_hospital(hospital=Hospital(**columns), fees=fees, by=None)


class DoctorFactory(factory.Factory):
    """A doctor who works in these hospitals and, if approved, can be found in them.

    hours: the weekly hours as `hours_in` makes them, None for the usual ones in the first hospital, () for none.
    """

    class Meta:
        model = Doctor

    email = factory.Sequence(lambda n: f"doctor{n}@example.org")
    name = factory.Iterator(NAMES[::-1])
    registration_number = factory.Sequence(lambda n: f"R{n:05}")
    council = "Uttar Pradesh Medical Council"
    gender = Doctor.Gender.FEMALE
    fee = Decimal(500)
    approved = True
    hospitals = ()
    hours = None
    specialties = ("Neurology",)
    languages = ("Hindi",)
    offers = None

    @classmethod
    def _create(
        cls, model_class, *, email, name, approved, hospitals, hours, specialties, languages, offers, **columns
    ):
        doctor = doctors.add_doctor(
            email=email,
            name=name,
            password=PASSWORD,
            approved=approved,
            doctor=Doctor(**columns),
            specialties=[specialty(s) for s in specialties],
            languages=[language(s) for s in languages],
            by=None,
        )
        if hospitals:
            places = [(hospital, "Room 4") for hospital in hospitals]
            doctors.change_doctor(doctor=doctor, affiliations=places, offers=offers, by=None)
            rows = hours_in(hospitals[0]) if hours is None else hours
            if rows:
                appointments.publish(doctor=doctor, rows=rows, by=doctor.user)
        return doctor


TITLES = {"Neurology": "Neurologist", "Cardiology": "Cardiologist", "Dermatology": "Dermatologist"}
TONGUES = {"Hindi": ("hi", "हिन्दी"), "English": ("en", "English"), "Tamil": ("ta", "தமிழ்")}


def specialty(name):
    """The specialty of that name, there once."""
    facts = {"title": TITLES.get(name, f"{name} doctor"), "slug": name.lower().replace(" ", "-")}
    return Specialty.objects.get_or_create(name=name, defaults=facts)[0]


def language(name):
    """The language of that name, there once."""
    code, own_name = TONGUES.get(name, (name[:8].lower(), name))
    return Language.objects.get_or_create(name=name, defaults={"code": code, "own_name": own_name})[0]


def pdf(name="certificate.pdf"):
    """A paper as a browser sends it."""
    return SimpleUploadedFile(name, b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n", "application/pdf")


def picture(name=None, size=(120, 90), form="PNG", mode="RGB", **options):
    """A picture as a browser sends it."""
    out = BytesIO()
    Image.new(mode, size, "#0b6670").save(out, form, **options)
    return SimpleUploadedFile(name or f"photo.{form.lower()}", out.getvalue())


def send_document(doctor, kind="registration", upload=None):
    """A paper of a doctor who is being checked."""
    return doctors.send_document(doctor=doctor, kind=kind, upload=upload or pdf(), by=doctor.user)


def hours_in(hospital, *, begins=9, ends=17, weekdays=range(7), visit=20, **columns):
    """Unsaved rows of weekly hours, whole hours of the day; every day of the week unless said otherwise."""
    columns = {"valid_from": LONG_AGO, **columns}
    return [
        Hours(hospital=hospital, weekday=day, from_minute=begins * 60, to_minute=ends * 60, visit=visit, **columns)
        for day in weekdays
    ]


def free_slots(doctor, *, days=7, visit_type=VisitType.CHECK_UP):
    """The times in which the doctor can be booked now, soonest first."""
    today = clock.now().date() - timedelta(1)
    return openings.free_for([doctor], start_on=today, days=days + 1, visit_type=visit_type)[doctor.pk]


def book(patient, doctor, *, slot=None, visit_type=VisitType.CHECK_UP, **facts):
    """A visit that the patient asks for: at that slot, else as soon as possible."""
    slot = slot or free_slots(doctor, visit_type=visit_type)[0]
    return appointments.book(
        doctor=doctor,
        hospital=Hospital.objects.get(pk=slot.room),
        patient=patient,
        visit_type=visit_type,
        start=slot.start,
        by=facts.pop("by", patient.user),
        **facts,
    )


def laboratory_order(visit, hospital, technician):
    """Tests that a hospital does, and two orders of a visit: one of which nothing is taken yet, and one at work, with
    a released result, a verified one and a sample. -> SimpleNamespace
    """
    lab = SimpleNamespace()
    kinds = (("colour", "urine", "text"), ("sugar", "blood", "number"), ("smear", "stool", "text"))
    lab.tests = [Test.objects.create(slug=s, name=s.title(), group="Some", specimen=of, kind=k) for s, of, k in kinds]
    for test in lab.tests:
        Price.objects.create(hospital=hospital, test=test, amount=100)
    facts = {"patient": visit.patient, "doctor": visit.doctor, "by": visit.doctor.user, "appointment": visit}
    lab.order, lab.at_work = (laboratory.place(hospital=hospital, tests=lab.tests, **facts) for _twice in range(2))
    for test, text in zip(lab.tests, ("Clear", "90", ""), strict=True):
        lab.specimen = laboratory.collect(order=lab.at_work, kind=test.specimen, by=technician)
        item = Item.objects.select_related("order", "test").get(order=lab.at_work, test=test)
        if text:
            laboratory.enter(item=item, text=text, by=technician)
            laboratory.verify(item=item, by=technician)
        if test == lab.tests[0]:
            lab.released = item
            laboratory.release(order=lab.at_work, by=technician)
    return lab


def inbox(person):
    """What the person was told, by the alphabet. person: a User, a Patient or a Doctor."""
    lines = Notification.objects.filter(recipient=getattr(person, "user", person))
    return sorted(lines.values_list("kind", flat=True))


def trail(row):
    """What the audit trail says of the row, the latest first."""
    return list(AuditEntry.objects.about(row).order_by("-id").values_list("code", flat=True))
