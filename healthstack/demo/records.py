"""What stands in the records of the demo: what was measured and noted at visits, and what patient@ keeps of their own."""

from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO
from random import Random

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageDraw

from appointments import workflow as appointments
from appointments.models import Appointment, Note
from healthstack.demo.patients import PATIENT
from healthstack.demo.town import FOUNDED
from healthstack.lib import clock
from patients import diagnoses
from patients import workflow as patients
from patients.models import Diagnosis, Patient

FILE = settings.BASE_DIR / "data" / "icd10.csv.gz"
MINUTE = timedelta(minutes=1)
# Of these doctors, the last visits that are over.
WRITERS, LAST = (1, 2, 4), 12
# What a visit may show to have been there for long: code, since when.
LONG = (("I10", 2017), ("E11.9", 2019), ("J45.9", 2008), ("E03.9", 2021), ("M17.9", 2016), ("", 0), ("", 0))
NOTES = (
    "Feels better than last time. Sleeps through, eats well.\n\nTo go on as before, and come back as agreed.",
    "No new complaints. Took the medicines on most days, forgot some evenings.\n\nA box with the days of the week was shown.",
    "Was worried about the results; we went through them one by one.\n\nNext visit after the blood test.",
)
# Days ago, and what patient@ measured at home: upper and lower blood pressure, pulse, weight.
AT_HOME = ((28, 148, 94, 84, "71.4"), (21, 144, 92, 80, "71.0"), (14, 138, 88, 78, "70.6"), (6, 134, 86, 76, "70.1"))
SHOTS = (
    ("BCG", None, date(1993, 6, 3), "", "Balrampur Hospital"),
    ("Hepatitis B", 3, date(2012, 2, 14), "", ""),
    ("COVID-19", 1, date(2021, 6, 10), "4121Z045", "Government camp, Lucknow"),
    ("COVID-19", 2, date(2021, 9, 4), "4121Z188", "Government camp, Lucknow"),
)


def keep_records(town, calendar):
    """The catalogue of diagnoses, then what doctors found at visits, then what patient@ brought along."""
    with clock.at(calendar.at(-FOUNDED, 9, 30)):
        patients.load_diagnoses(rows=diagnoses.read(FILE), by=town.administrator)
    codes = {row.code: row for row in Diagnosis.objects.filter(code__in=[code for code, _year in LONG if code])}
    dice, seen = Random(7), set()  # noqa: S311 - the same demo every time
    over = Appointment.objects.filter(state="completed", completed_at__isnull=False, started_at__isnull=False)
    over = over.select_related("patient", "doctor__user").order_by("-starts_at", "pk")
    lists = [over.filter(doctor=town.doctors[number])[:LAST] for number in WRITERS]
    for visits in (over.filter(patient=town.patients[PATIENT]), *lists):
        for visit in visits:
            if Note.objects.filter(appointment=visit).exists():
                continue
            _at_visit(visit, codes, dice, new=visit.patient_id not in seen)
            seen.add(visit.patient_id)
    _own(Patient.objects.get(pk=town.patients[PATIENT].pk), calendar)


def _at_visit(visit, codes, dice, *, new):
    by, patient = visit.doctor.user, visit.patient
    with clock.at(visit.started_at + MINUTE):
        values = {"pulse": Decimal(dice.randint(62, 96)), "temperature": Decimal(dice.randint(362, 373)) / 10}
        if patient.age >= 18:
            upper = dice.randint(108, 158)
            values |= {"systolic": Decimal(upper), "diastolic": Decimal(upper * 6 // 10)}
            build = sum(map(ord, patient.name)) % 30  # a person stays as tall, and nearly as heavy
            values |= {"weight": Decimal(50 + build + dice.randint(0, 3)), "height": Decimal(152 + build)}
        patients.take_vitals(patient=patient, values=values, taken_at=clock.now(), by=by)
        code, year = dice.choice(LONG)
        if new and code and patient.age >= 40:
            patients.list_condition(patient=patient, diagnosis=codes[code], onset_on=date(year, 1, 1), by=by)
        appointments.write_note(appointment=visit, text=dice.choice(NOTES), by=by)
    with clock.at(visit.completed_at):
        appointments.sign_note(appointment=visit, by=by)


def _own(patient, calendar):
    by = patient.user
    with clock.at(calendar.at(-30, 20)):
        patients.list_condition(patient=patient, text="Hay fever", onset_on=date(2009, 1, 1), by=by)
        for vaccine, dose, on, lot, place in SHOTS:
            patients.list_immunization(
                patient=patient, vaccine=vaccine, dose=dose, given_on=on, lot=lot, place=place, by=by
            )
        patients.keep_document(
            patient=patient,
            kind="discharge",
            title="Appendix taken out, discharge",
            dated_on=date(2016, 8, 19),
            upload=_paper("Discharge summary"),
            by=by,
        )
    for days, upper, lower, pulse, weight in AT_HOME:
        with clock.at(calendar.at(-days, 7, 15)):
            values = {"systolic": upper, "diastolic": lower, "pulse": pulse, "weight": weight}
            values = {name: Decimal(value) for name, value in values.items()}
            patients.take_vitals(patient=patient, values=values, taken_at=clock.now(), by=by)
    with clock.at(calendar.at(-3, 7, 15)):
        (slip,) = patients.take_vitals(
            patient=patient, values={"pulse": Decimal(176)}, taken_at=clock.now(), by=by, anyway=True
        )
    with clock.at(calendar.at(-3, 7, 20)):
        patients.mark_wrong(entry=slip, reason="A slip: it was 76", by=by)


def _paper(words):
    """A page with one line on it."""
    page, out = Image.new("RGB", (620, 877), "#ffffff"), BytesIO()
    ImageDraw.Draw(page).text((60, 60), words, fill="#0e1e20")
    page.save(out, "PNG")
    return SimpleUploadedFile("discharge.png", out.getvalue(), "image/png")
