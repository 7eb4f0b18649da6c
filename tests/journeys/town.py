"""The places and people whose pages are looked at: nobody and nothing, and a town with long, Hindi and many names."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from io import BytesIO
from types import SimpleNamespace
from zoneinfo import ZoneInfo

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.contrib.auth.models import Group
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.mail import EmailMessage, get_connection

from accounts import workflow as accounts
from accounts.models import AuditEntry, Leaflet, Mail, User
from appointments import openings, slots
from appointments import workflow as appointments
from billing import workflow as billing
from billing.lines import priced
from chat import workflow as chat
from doctors import workflow as doctors
from doctors.models import Doctor, Language
from healthstack.lib import clock
from hospitals import workflow as hospitals
from hospitals.models import Hospital, Staff, VisitType
from patients import workflow as patients
from patients.models import Patient
from prescriptions import workflow as prescriptions
from prescriptions.formulary import Item
from prescriptions.models import Medicine
from tests.factories import (
    DoctorFactory,
    HospitalFactory,
    PatientFactory,
    UserFactory,
    hours_in,
    laboratory_order,
    picture,
    send_document,
)

INDIA = ZoneInfo("Asia/Kolkata")
LONG = "Venkatanarasimharajuvaripeta Lakshminarayanan Chattopadhyay-Subramaniapillai"
HINDI = "अनुराधा चतुर्वेदी त्रिपाठी"
LONG_PLACE = (
    "Sanjay Gandhi Postgraduate Institute of Medical Sciences and Superspeciality Research Centre, Raebareli Road"
)
HINDI_PLACE = "किंग जॉर्ज चिकित्सा विश्वविद्यालय एवं गांधी स्मारक संबद्ध चिकित्सालय"
MESSAGE = (
    "Headaches on the left side for eleven days, worse in the morning and when I bend down. Paracetamol helps for two"
    " hours. सिर के बाएँ हिस्से में दर्द है, सुबह ज़्यादा होता है। My blood pressure at home was 150/95 on Friday, 148/92 on"
    " Saturday and 155/98 today. I can bring the MRI of last year: https://example.org/a/very/long/address/without/blanks"
)
NAMES = (
    "Asha Verma",
    "रमेश कुमार शर्मा",
    "Meera Iyer",
    LONG,
    "Imran Khan",
    "कविता",
    "Om",
    "Thiruvenkatanathan Balasubramaniam",
    "Leela Das",
    "முத்துலட்சுமி சுந்தரம்",
)


def directory(town, name):
    """A directory that was sent and read: with a warning, and with a fault where a hospital has no name."""
    lines = ("Number,Name,City,PIN code", f"1,{LONG_PLACE.replace(',', '')},Lucknow,12", f"2,{name},Lucknow,226003")
    file = BytesIO("\n".join(lines).encode())
    kept = hospitals.keep_directory(file=file, name="hospitals.csv", source="National directory", by=town.administrator)
    return hospitals.check_directory(directory=kept)


def empty():
    """Each kind of person on their first day: nothing has happened yet."""
    hospital = HospitalFactory(name="Sahara Hospital", slug="sahara")
    patient = PatientFactory(email="patient@example.org", name="Priyanka Maurya")
    doctor = DoctorFactory(email="doctor@example.org", name="Neha Sharma")
    pending = DoctorFactory(email="pending@example.org", name="Tara Bose", approved=False)
    desk = UserFactory(email="desk@example.org", name="Farah Ali")
    hospitals.appoint(hospital=hospital, user=desk, by=None)
    reception = UserFactory(email="reception@example.org", name="Jaya Thomas")
    hospitals.appoint(hospital=hospital, user=reception, role=Staff.Role.RECEPTIONIST, by=None)
    return SimpleNamespace(
        hospital=hospital,
        patient=patient,
        receptionist=reception,
        doctor=doctor,
        pending=pending,
        hospital_admin=desk,
        administrator=UserFactory(email="admin@example.org", name="Anil Joshi", groups=["Administrators"]),
        nobody=UserFactory(email="nobody@example.org", name="Ila Sen"),
    )


def deserted():
    """Not even a hospital: what a visitor and an administrator see on the first day of the site."""
    return SimpleNamespace(
        administrator=UserFactory(email="admin@example.org", name="Anil Joshi", groups=["Administrators"])
    )


def full():
    """A town in which a lot has happened."""
    town = SimpleNamespace()
    Language.objects.create(code="ml", name="Malayalam", own_name="മലയാളം")
    _places(town)
    _doctors(town)
    _people(town)
    _weeks(town)
    appointments.roll_listings()  # the clock went back and forth: what is free soonest is asked of this forenoon
    _records(town)
    _chats(town)
    _for_others(town)
    _bills(town)
    _joining(town)
    _panel(town)
    _secured(town)
    _laboratory(town)
    return town


def _places(town):
    town.hospital = HospitalFactory(
        name="Sahara Hospital", slug="sahara", region="Uttar Pradesh", phone="+915222780001"
    )
    town.hindi_hospital = HospitalFactory(
        name=HINDI_PLACE,
        slug="king-george",
        street="शाह मीना रोड, चौक",
        about="सन 1905 से लखनऊ में।\nआपातकालीन विभाग दिन-रात खुला है।",
    )
    town.long_hospital = HospitalFactory(
        name=LONG_PLACE, slug="sanjay-gandhi", street="Raebareli Road, opposite the new bus terminal, second gate"
    )
    for n, city in enumerate(
        ("Pune", "Pune", "Kanpur", "Prayagraj", "Thiruvananthapuram", "Varanasi", "Agra", "Meerut")
    ):
        HospitalFactory(
            name=f"{city} Clinic {n + 1}",
            slug=f"clinic-{n}",
            city=city,
            kind=Hospital.Kind.CLINIC,
            street="",
            postcode="",
        )
    town.suspended_hospital = HospitalFactory(name="Closed Clinic", slug="closed", city="Lucknow")
    appointments.suspend_hospital(
        hospital=town.suspended_hospital, reason="The licence ran out on 28 February.", by=None
    )


def _doctors(town):
    here = town.hospital
    hours = [*hours_in(here, begins=8, ends=14), *hours_in(town.long_hospital, begins=15, ends=19, weekdays=(0, 2, 4))]
    town.doctor = DoctorFactory(
        email="doctor@example.org",
        name=LONG,
        degrees="MBBS, MD (General Medicine), DM (Neurology), FRCP (Edinburgh), Fellowship in Movement Disorders",
        practising_since=1991,
        about="I see adults with headache, stroke, epilepsy and Parkinson’s disease.\n\nहिन्दी में भी बात कर सकते हैं।",
        specialties=["Neurology", "Psychiatry", "Clinical Neurophysiology"],
        languages=["Hindi", "English", "Tamil", "Malayalam"],
        hospitals=[here, town.long_hospital],
        hours=hours,
        notice_minutes=0,
        fee=125000,
    )
    town.hindi_doctor = DoctorFactory(
        email="hindi@example.org",
        name=HINDI,
        hospitals=[town.hindi_hospital],
        hours=hours_in(town.hindi_hospital, weekdays=(3,), begins=9, ends=10),
    )
    town.idle_doctor = DoctorFactory(email="idle@example.org", name="Ravi Menon", hospitals=[here], hours=())
    appointments.publish(doctor=town.idle_doctor, rows=[], by=town.idle_doctor.user)
    for n, field in enumerate(
        ("Cardiology", "Dermatology", "Neurology", "Orthopaedics and Traumatology", "Psychiatry") * 2
    ):
        DoctorFactory(
            name=NAMES[n], specialties=[field], hospitals=[here], hours=hours_in(here, begins=9 + n, ends=12 + n)
        )
    town.instant_doctor = DoctorFactory(
        email="instant@example.org", name="Sana Qureshi", hospitals=[here], confirms_instantly=True, notice_minutes=0
    )
    town.pending = DoctorFactory(
        email="pending@example.org", name="Tara Bose", hospitals=[here], approved=False, hours=hours_in(here)
    )
    town.suspended = DoctorFactory(email="suspended@example.org", name="Om Prakash", hospitals=[here])
    appointments.suspend_doctor(
        doctor=town.suspended, reason="The council asks for a renewed registration by 31 March.", by=None
    )


def _people(town):
    town.patient = PatientFactory(
        email="patient@example.org", name="Priyanka Lakshmi Maurya", gender=Patient.Gender.FEMALE
    )
    town.people = [
        PatientFactory(name=name, email=f"person.of.town{n}@example.org") for n, name in enumerate(NAMES * 3)
    ]
    town.hospital_admin = UserFactory(email="desk@example.org", name="Farah Ali")
    hospitals.appoint(hospital=town.hospital, user=town.hospital_admin, by=None)
    town.administrator = UserFactory(email="admin@example.org", name="Anil Joshi", groups=["Administrators"])
    town.directory, town.bad_directory = directory(town, HINDI_PLACE), directory(town, "")
    town.hats = PatientFactory(email="hats@example.org", name="Maya Pillai").user
    DoctorFactory(email=town.hats.email, name=town.hats.name, hospitals=[town.hospital], hours=())
    hospitals.appoint(hospital=town.hospital, user=town.hats, by=None)


def at(day, hour, minute=0, month=3):
    return datetime(2026, month, day, hour, minute, tzinfo=INDIA)


def visit(doctor, hospital, patient, moment, state, *, message="", visit_type=VisitType.CHECK_UP, reason=""):
    """A visit at that moment which has come as far as `state`."""
    asked = moment - timedelta(days=9)
    with clock.at(asked):
        row = appointments.book(
            doctor=doctor,
            hospital=hospital,
            patient=patient,
            visit_type=visit_type,
            start=slots.quantum(moment),
            message=message,
            by=patient.speaker,
        )
    ask = {"appointment": row, "by": doctor.user}
    if state == "declined":
        with clock.at(asked + timedelta(hours=3)):
            return appointments.decline(reason=reason, **ask)
    if state == "expired":
        with clock.at(moment + timedelta(minutes=1)):
            return appointments.expire(appointment=row)
    if state == "requested":
        return row
    with clock.at(asked + timedelta(hours=2)):
        row = appointments.approve(**ask)
    if state == "cancelled":
        with clock.at(asked + timedelta(days=1)):
            return appointments.cancel(appointment=row, reason=reason, by=patient.user)
    if state == "no_show":
        with clock.at(moment + timedelta(minutes=30)):
            return appointments.no_show(**ask)
    for wanted, verb, minutes in (
        ("checked_in", appointments.check_in, -8),
        ("in_consultation", appointments.start, 2),
        ("completed", appointments.complete, 19),
    ):
        if state != "confirmed":
            with clock.at(moment + timedelta(minutes=minutes)):
                row = verb(**ask)
        if state == wanted:
            break
    return row


def _weeks(town):
    """The doctor's visits before today, today, and in the days to come."""
    doctor, here, me, people = town.doctor, town.hospital, town.patient, town.people
    town.seen_before = visit(doctor, here, me, at(16, 9, month=2), "completed", message=MESSAGE)
    words = "She listened, explained what the scan shows, and did not look at the clock once."
    town.review = appointments.write_review(appointment=town.seen_before, stars=5, text=words, by=me.user)
    town.missed = visit(doctor, here, me, at(17, 9, month=2), "no_show")
    town.declined = visit(doctor, here, me, at(18, 9, month=2), "declined", reason="This needs another specialist")
    town.expired = visit(doctor, here, me, at(19, 9, month=2), "expired")
    town.cancelled = visit(doctor, here, me, at(20, 9, month=2), "cancelled", reason="I am travelling that week.")
    for n in range(9):
        visit(doctor, here, me, at(21 + n // 3, 8 + n % 3, month=2), "completed")
    for n, person in enumerate(people[:5]):
        visit(doctor, here, person, at(2, 8 + n // 3, n % 3 * 20), "completed", message="Follow-up of the tremor")
    town.inside = visit(doctor, here, people[5], at(2, 9, 40), "in_consultation", message=MESSAGE)
    town.waiting = visit(doctor, here, people[6], at(2, 10, 0), "checked_in")
    visit(doctor, here, people[7], at(2, 10, 20), "confirmed", message=MESSAGE)
    town.confirmed = visit(doctor, here, me, at(2, 11, 0), "confirmed", visit_type=VisitType.FOLLOW_UP)
    town.requested = visit(doctor, here, me, at(4, 11, 20), "requested", message=MESSAGE)
    for n, person in enumerate(people[8:24]):
        visit(doctor, here, person, at(3 + n // 4, 9 + n % 4, 40), "requested", message=MESSAGE if n % 2 else "")
    for n in range(4):
        visit(doctor, here, me, at(6 + n, 12), "confirmed")


def _records(town):
    doctor, me = town.doctor, town.patient
    for substance, severity in (("Penicillin", "severe"), ("पेनिसिलिन समूह की सभी दवाएँ", ""), ("Latex", "mild")):
        patients.list_allergy(
            patient=me, substance=substance, severity=severity, reaction="Rash, swelling of the lips", by=me.user
        )
    town.condition = patients.list_condition(patient=me, text="Migraine with aura", note=HINDI, by=me.user)
    patients.list_immunization(patient=me, vaccine="Tetanus", dose=3, given_on=date(2021, 5, 4), by=me.user)
    for n, (upper, lower) in enumerate(((152, 96), (146, 92), (138, 86))):
        with clock.at(at(20 + n, 18, month=2)):
            values = {"systolic": Decimal(upper), "diastolic": Decimal(lower), "weight": Decimal(82 - n)}
            patients.take_vitals(patient=me, values=values, taken_at=clock.now(), by=doctor.user)
    patients.take_vitals(patient=me, values={"height": Decimal(164)}, taken_at=at(20, 9, month=2), by=me.user)
    appointments.write_note(appointment=town.seen_before, text=MESSAGE * 3, by=doctor.user)
    appointments.sign_note(appointment=town.seen_before, by=doctor.user)
    town.allergy = me.allergies.order_by("recorded_at", "pk").first()
    wrong = patients.list_allergy(patient=me, substance="Peanuts", by=me.user)
    patients.correct_allergy(allergy=wrong, reason="It was hay fever", by=me.user)
    patients.list_allergy(
        patient=town.inside.patient, substance="Penicillin", severity="severe", by=town.inside.patient.user
    )
    me.refresh_from_db()
    me.blood_group, me.emergency_name, me.emergency_phone = "AB-", HINDI, "+919839012345"
    patients.update_profile(patient=me, by=me.user)
    with clock.at(at(16, 9, 15, month=2)):
        patients.open_record(patient=me, by=doctor.user, why="visit")
        town.prescription = _prescribe(town.seen_before, doctor)
    for n in range(3):
        with clock.at(at(20 + n, 18, 5, month=2)):
            patients.open_record(patient=me, by=doctor.user, why="record")
    town.draft = prescriptions.draft(
        appointment=town.inside,
        diagnosis="Essential tremor",
        medicines=[_line("Propranolol", "40 mg", 30)],
        by=doctor.user,
    )
    # After the draft: what is known of it only now is warned of on its page.
    items = [Item(n, f"{name} Tablets IP 40 mg", "10's", Decimal(9), "") for n, name in enumerate(LISTED, 1)]
    prescriptions.import_formulary(items=items, source="a list", by=None)


LISTED = ("Propranolol", "Propafenone", "Amoxicillin")


def _chats(town):
    """Much was written with the doctor, with a picture and a paper; the care of another one is over."""
    doctor, me = town.doctor, town.patient
    town.chat = chat.begin(patient=me, doctor=doctor, by=me.user)
    words = ("Good morning.", MESSAGE, "After dinner.", "x" * 300, HINDI)
    for n, text in enumerate(words * 7, 1):
        with clock.at(at(20 + n // 12, 9, n, month=2)):
            by = doctor.user if n % 3 == 0 else me.user
            chat.send(conversation=town.chat, client_id=f"the-form-{n}", text=text, by=by)
    upload = SimpleUploadedFile(f"{'report ' * 12}.pdf", b"%PDF-1.4\n%%EOF")
    with clock.at(at(24, 10, month=2)):
        chat.send(conversation=town.chat, client_id="a-picture", text="My arm", upload=picture(), by=me.user)
        chat.send(conversation=town.chat, client_id="a-paper", upload=upload, by=doctor.user)
    with clock.at(at(10, 9, month=1)):
        facts = {"patient": me, "carer": town.hindi_doctor.user, "reason": "Advice", "ends_at": at(20, 9, month=1)}
        patients.grant_access(**facts, by=me.user)
        town.closed_chat = chat.begin(patient=me, doctor=town.hindi_doctor, by=me.user)
        chat.send(conversation=town.closed_chat, client_id="the-last", text="Thank you.", by=me.user)


def _line(name, strength, days, **more):
    usual = {"dose_quantity": Decimal(1), "dose_unit": "tablet", "pattern": "1-0-1", "route": "oral"}
    return Medicine(name=name, strength=strength, days=days, **{**usual, **more})


def _prescribe(seen, doctor):
    medicines = [
        _line("Propranolol", "40 mg", 30, food="after"),
        _line(
            "Amoxicillin and potassium clavulanate oral suspension, sugar free",
            "400 mg + 57 mg per 5 ml",
            10,
            dose_quantity=Decimal("7.5"),
            dose_unit="ml",
            pattern="1-1-1-1",
            food="before",
        ),
        _line("Paracetamol", "500 mg", 5, pattern="", as_needed=True, reason="pain", every=6, period="hours"),
    ]
    row = prescriptions.draft(
        appointment=seen,
        diagnosis="Migraine without aura, चिंता विकार, and chronic tension-type headache of the frontotemporal region",
        medicines=medicines,
        advice="Sleep enough.\nरोज़ 8 गिलास पानी पिएँ।\nKeep a diary of the headaches and bring it.",
        follow_up_on=date(2026, 3, 30),
        reasons={"allergy:amoxicillin": "Tolerated it twice in hospital, under observation."},
        by=doctor.user,
    )
    return prescriptions.sign(prescription=row, by=doctor.user)


def _for_others(town):
    """A guardian with a child that has been seen, and a reception with people who came in from the street."""
    town.guardian = PatientFactory(email="guardian@example.org", name="Sunita Maurya").user
    facts = {"guardian": town.guardian, "by": town.guardian}
    town.child = patients.add_dependant(name=LONG, born_on=date(2018, 5, 20), gender="female", **facts)
    patients.add_dependant(name=HINDI, born_on=date(2022, 1, 3), **facts)
    town.nearly = patients.add_dependant(name="Kiran Maurya", born_on=date(2008, 3, 20), **facts)
    town.of_child = visit(town.doctor, town.hospital, town.child, at(3, 8, 20), "confirmed")
    patients.list_allergy(patient=town.child, substance="Peanuts", severity="severe", by=town.guardian)
    town.receptionist = UserFactory(email="reception@example.org", name="Jaya Thomas")
    hospitals.appoint(hospital=town.hospital, user=town.receptionist, role=Staff.Role.RECEPTIONIST, by=None)
    known = {"hospital": town.hospital, "born_on": date(1960, 1, 1), "by": town.receptionist}
    town.walk_in = patients.register(name=LONG, phone="+919839012345", gender="male", **known)
    patients.register(name=HINDI, **known)


def _bills(town):
    """To pay, paid in cash, void and given back, and one with long lines, tax, a discount and a part of it paid."""
    me, desk, admin = town.patient, town.receptionist, town.hospital_admin
    town.owed, town.of_seen = town.confirmed.invoice, town.seen_before.invoice
    paid = {"method": "cash", "amount": town.of_seen.due, "tendered": Decimal(130_000), "key": "seen", "by": desk}
    town.payment = billing.pay_at_desk(invoice=town.of_seen, **paid)
    lines = [
        priced(
            LONG_PLACE, Decimal("1249.50"), quantity=3, tax_rate=18, discount=Decimal(99), discount_reason=MESSAGE[:80]
        ),
        priced(HINDI_PLACE, 120000),
    ]
    facts = {"patient": me, "hospital": town.hospital, "kind": "tests", "by": admin}
    town.long_invoice = billing.issue(invoice=billing.open_invoice(lines=lines, **facts), by=admin)
    billing.pay_at_desk(invoice=town.long_invoice, method="upi", amount=Decimal(50), reference="4711", key="u", by=desk)
    row = billing.issue(invoice=billing.open_invoice(lines=[priced("Dressing", 300)], **facts), by=admin)
    back = billing.pay_at_desk(invoice=row, method="cash", amount=Decimal(300), key="back", by=desk)
    billing.void(invoice=row, reason=MESSAGE[:150], by=admin)
    billing.refund(payment=back, amount=Decimal(100), reason="A part of it", key="part", by=desk)
    town.given_back = row
    begun = {"invoice": town.owed, "provider": "sandbox", "by": me.user}
    town.waiting_attempt = billing.pay(key="one", **begun)
    town.failed_attempt = billing.fail(attempt=billing.pay(key="two", **begun), error="declined")


def _joining(town):
    """A paper of who is being checked, a hospital that has everything, who asks to work there, and who has left."""
    here, admin = town.hospital, town.hospital_admin
    town.document = send_document(town.pending)
    doctors.judge_document(document=town.document, verdict="refused", reason=MESSAGE[:200], by=town.administrator)
    town.department = hospitals.add_department(hospital=here, name="Neurology and rehabilitation", by=admin)
    hospitals.add_service(hospital=here, name="Ambulance, day and night, within the city and its suburbs", by=admin)
    hospitals.add_closure(hospital=here, on=date(2026, 5, 1), name="May Day", by=admin)
    hospitals.publish_opening(hospital=here, ranges=[(0, 480, 780), (0, 900, 1200), (5, 1200, 1560)], by=admin)
    hospitals.change_details(hospital=here, values={"beds": 120, "emergency": True}, by=admin)
    hospitals.set_photo(hospital=here, upload=picture(), by=admin)
    _invitation, town.token = hospitals.invite(
        hospital=here, email="invited@example.org", role="receptionist", by=admin
    )
    asking = DoctorFactory(email="asking@example.org", name=LONG)
    town.application = doctors.apply(doctor=asking, hospital=here, message=MESSAGE, by=asking.user)
    leaving = DoctorFactory(email="leaving@example.org", name="Uma Pai", hospitals=[here], hours=hours_in(here))
    visit(leaving, here, town.people[7], at(5, 9, 0), "confirmed")
    appointments.end_affiliation(affiliation=leaving.affiliations.get(), by=admin)
    town.affiliation = town.idle_doctor.affiliations.get(hospital=here)
    registered = Hospital(name="Gomti Eye Clinic", city="Lucknow", street="12 River Road", postcode="226010")
    town.waiting_hospital = hospitals.register(hospital=registered, by=town.patient.user)


def _panel(town):
    Mail.objects.create(
        to="a.person.with.a.very.long.address.indeed@some-hospital.example.org",
        subject="Your visit is confirmed.",
        body="Text",
        attempts=8,
        next_try_at=None,
        error="SMTPRecipientsRefused",
    )
    town.mail = Mail.objects.order_by("-created_at", "-pk").first()
    town.entry = AuditEntry.objects.order_by("-at", "-pk").first()
    town.group = Group.objects.create(name="Night desk")
    town.builtin = Group.objects.get(name="Doctors")
    town.closed = User.objects.get(email="person.of.town20@example.org")
    accounts.disable_user(user=town.closed, by=town.administrator)
    town.specialty = town.doctor.specialties.first()
    town.language = town.doctor.languages.first()
    town.leaflet = Leaflet.objects.get(slug="privacy")


def _laboratory(town):
    """A technician, and two orders of the patient: one new, one at work."""
    town.technician = UserFactory(email="lab@example.org", name="Lata Rane")
    hospitals.appoint(hospital=town.hospital, user=town.technician, role=Staff.Role.TECHNICIAN, by=None)
    town.lab = laboratory_order(town.seen_before, town.hospital, town.technician)


def _secured(town):
    """Somebody with an app, a passkey and recovery codes for the second step."""
    town.secured = PatientFactory(email="secured@example.org", name="Rukmini Devi")
    user = town.secured.user
    TOTP.activate(user, generate_totp_secret())
    RecoveryCodes.activate(user)
    facts = {"name": "The key on my ring, bought in the year before last", "credential": {}}
    town.passkey = Authenticator.objects.create(user=user, type=Authenticator.Type.WEBAUTHN, data=facts)


def letters(folder):
    """Two mails on the page that shows them."""
    post = get_connection("django.core.mail.backends.filebased.EmailBackend", file_path=str(folder))
    post.send_messages(
        [
            EmailMessage(
                "Your code",
                "Hello Priyanka,\n\nthis code shows us that the address is yours:\n\n    BCDF-GHJK\n",
                to=[to],
            )
            for to in ("patient@example.org", "a.person.with.a.very.long.address.indeed@some-hospital.example.org")
        ]
    )


def free_slot(doctor, n=0):
    """The n-th free time of today and the days to come."""
    today = openings.local_day(clock.now(), "Asia/Kolkata")
    return openings.free_for([doctor], start_on=today, days=7, visit_type=VisitType.CHECK_UP)[doctor.pk][n]


def take(doctor, patient, slot):
    """Another patient was quicker."""
    return appointments.book(
        doctor=Doctor.objects.get(pk=doctor.pk),
        hospital=Hospital.objects.get(pk=slot.room),
        patient=patient,
        visit_type=VisitType.CHECK_UP,
        start=slot.start,
        by=patient.user,
    )
