"""Who is about to join in the demo: doctors who are being checked, a hospital that waits; and what the hospitals have."""

from datetime import timedelta
from io import BytesIO
from typing import NamedTuple

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageDraw

from doctors import workflow as doctors
from doctors.models import Doctor, Document, Language, Specialty
from healthstack.demo.places import ZONE
from healthstack.demo.town import PASSWORD, address
from healthstack.lib import clock
from hospitals import workflow as hospitals
from hospitals.models import Hospital

K, V = Document.Kind, Document.Verdict


class Newcomer(NamedTuple):
    name: str
    gender: str
    specialty: str
    degrees: str
    papers: tuple
    days_ago: int
    answer: str = ""  # the word of the verb
    reason: str = ""


NEWCOMERS = (
    Newcomer(
        "Zoya Ansari", "female", "Dermatology", "MBBS, MD (Dermatology)", (K.REGISTRATION, K.IDENTITY, K.DEGREE), 3
    ),
    Newcomer("Harish Bhatnagar", "male", "Orthopaedics", "MBBS, MS (Orthopaedics)", (K.REGISTRATION, K.IDENTITY), 1),
    Newcomer(
        "Nikita Saxena",
        "female",
        "Paediatrics",
        "MBBS, DCH",
        (K.REGISTRATION,),
        4,
        "ask_more",
        "Your proof of identity is missing, and the number on the certificate cannot be read.",
    ),
    Newcomer(
        "Vimal Chandra",
        "male",
        "General medicine",
        "MBBS",
        (K.REGISTRATION, K.IDENTITY),
        6,
        "reject",
        "The council does not know this number. If it was misspelt, send us the certificate again.",
    ),
)

# Place: departments, services, beds, emergency, latitude and longitude, opening hours.
OFFICE = [(day, 8 * 60, 20 * 60) for day in range(6)]
ALWAYS = [(day, 0, 1440) for day in range(7)]
FURNISHED = {
    "kite": (
        ("Cardiology", "Neurology", "Paediatrics", "Orthopaedics", "General medicine"),
        ("Ambulance", "Blood bank", "CT and MRI", "Dialysis", "X-ray"),
        {"beds": 220, "emergency": True, "latitude": "26.850000", "longitude": "80.949900"},
        ALWAYS,
    ),
    "marigold": (("Cardiology", "Neurology"), ("ECG", "Vaccination", "X-ray"), {"beds": 24}, OFFICE),
    "sparrow": ((), ("Vaccination",), {}, [(day, 16 * 60, 21 * 60) for day in range(7)]),
}


def let_join(town, calendar):
    """Furnish the hospitals, and let doctors and a hospital be on their way in."""
    for key, what in FURNISHED.items():
        if key in town.hospitals:
            _furnish(town.hospitals[key], what, town, calendar)
    _departments(town)
    newcomers = [_newcomer(number, person, town, calendar) for number, person in enumerate(NEWCOMERS, 1)]
    _applications(newcomers, town, calendar)
    _hospital_that_waits(town, calendar)


def _furnish(hospital, what, town, calendar):
    departments, services, values, opening = what
    by = town.administrator
    with clock.at(calendar.at(-30, 10)):
        for name in departments:
            hospitals.add_department(hospital=hospital, name=name, by=by)
        for name in services:
            hospitals.add_service(hospital=hospital, name=name, by=by)
        hospitals.publish_opening(hospital=hospital, ranges=opening, by=by)
        if values:
            hospitals.change_details(hospital=hospital, values=values, by=by)


def _departments(town):
    """Doctors work in the department that is called like their first specialty."""
    for doctor in town.doctors.values():
        names = set(doctor.specialties.values_list("name", flat=True))
        for row in doctor.affiliations.current().select_related("hospital").order_by("pk"):
            department = row.hospital.departments.open().filter(name__in=names).first()
            if department:
                doctors.reassign(affiliation=row, department=department, room=row.room, by=town.administrator)


def _newcomer(number, person, town, calendar):
    with clock.at(calendar.at(-person.days_ago, 11)):
        doctor = doctors.sign_up(
            email=address("newdoctor", number),
            password=PASSWORD,
            name=person.name,
            doctor=Doctor(
                gender=person.gender,
                registration_number=f"DEMO-{90100 + 41 * number}",
                council="Uttar Pradesh Medical Council",
                degrees=person.degrees,
                practising_since=2011 + number,
                fee=500,
            ),
            specialties=Specialty.objects.filter(name=person.specialty),
            languages=Language.objects.filter(code__in=("hi", "en")),
        )
        doctor.user.emailaddress_set.create(email=doctor.user.email, verified=True, primary=True)
        for kind in person.papers:
            upload = _card(person) if kind == K.IDENTITY else _certificate(person, kind)
            doctors.send_document(doctor=doctor, kind=kind, upload=upload, by=doctor.user)
    by = town.administrator
    with clock.at(calendar.at(-person.days_ago, 11) + timedelta(days=1, hours=2)):
        if person.answer == "ask_more":
            paper = doctor.documents.get(kind=K.REGISTRATION)
            doctors.judge_document(document=paper, verdict=V.REFUSED, reason="The number cannot be read.", by=by)
            doctors.ask_more_doctor(doctor=doctor, reason=person.reason, by=by)
        elif person.answer == "reject":
            doctors.reject_doctor(doctor=doctor, reason=person.reason, by=by)
    return doctor


def _certificate(person, kind):
    """A tiny PDF of one page."""
    text = f"{kind.label} of {person.name} (made up)".encode("latin-1", "replace")
    stream = b"BT /F1 18 Tf 60 760 Td (" + text.replace(b"(", b"\\(").replace(b")", b"\\)") + b") Tj ET"
    parts = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(stream), stream),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    pdf, places = bytearray(b"%PDF-1.4\n"), []
    for number, part in enumerate(parts, 1):
        places.append(len(pdf))
        pdf += b"%d 0 obj%s endobj\n" % (number, part)
    start = len(pdf)
    pdf += b"xref\n0 6\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % place for place in places)
    pdf += b"trailer<</Size 6/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % start
    return SimpleUploadedFile(f"{kind}-{person.name.split()[-1].lower()}.pdf", bytes(pdf), "application/pdf")


def _card(person):
    """A picture of a card that nobody could mistake for a real one."""
    image = Image.new("RGB", (640, 400), "#DDF1F1")
    draw = ImageDraw.Draw(image)
    draw.rectangle((40, 60, 220, 300), fill="#0B6670")
    draw.text((260, 80), f"{person.name}\nDEMO CARD, MADE UP", fill="#0E1E20")
    out = BytesIO()
    image.save(out, "PNG")
    return SimpleUploadedFile("card.png", out.getvalue(), "image/png")


def _applications(newcomers, town, calendar):
    """Two doctors ask to work in the demo's hospital."""
    kite = town.hospitals["kite"]
    elsewhere = next(
        doctor
        for doctor in town.doctors.values()
        if doctor.state == Doctor.State.APPROVED and not doctor.affiliations.filter(hospital=kite).exists()
    )
    with clock.at(calendar.at(-2, 12)):
        doctors.apply(
            doctor=newcomers[0],
            hospital=kite,
            message="Tuesday and Thursday mornings would suit me.",
            by=newcomers[0].user,
        )
        doctors.apply(
            doctor=elsewhere,
            hospital=kite,
            department=kite.departments.open().filter(name="Cardiology").first(),
            message="One afternoon a week, beside my practice.",
            by=elsewhere.user,
        )


def _hospital_that_waits(town, calendar):
    owner = town.patients[9].user
    with clock.at(calendar.at(-1, 16)):
        hospitals.register(
            hospital=Hospital(
                name="Silver Heron Eye Clinic",
                kind=Hospital.Kind.CLINIC,
                street="5 Lotus Lane, Indira Nagar",
                city="Lucknow",
                region="Uttar Pradesh",
                postcode="226016",
                phone="+915225559001",
                about="Two rooms, and a quiet place to wait. Spectacles are made next door.",
                zone=ZONE,
            ),
            by=owner,
        )
