"""A prescription as facts for its PDF, and the code by which the paper is checked."""

from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from healthstack.lib import clock, qr
from patients.models import Patient


def address_of(prescription):
    """Where the paper is checked; empty without a code."""
    if not prescription.code:
        return ""
    return settings.SITE_URL + reverse("prescriptions:verify", args=[prescription.code])


def code_of(prescription):
    """The drawing that a camera reads, or nothing."""
    address = address_of(prescription)
    return qr.svg(address, scale=3) if address else ""


def facts(sheet):
    """The data of prescriptions/detail.typ. sheet: that of the page, see `desk.sheet`."""
    row, visit, doctor, patient = (sheet[name] for name in ("prescription", "visit", "doctor", "patient"))
    zone = ZoneInfo(visit.hospital.zone)
    signed = row.signed_at.astimezone(zone)
    hospital = [visit.hospital.address, str(visit.hospital.phone or "")]
    about = [[_("Patient"), f"{patient.name}, {patient.in_short}" if sheet["may_read"] else patient.name]]
    return {
        "title": _("Prescription"),
        "number": "" if row.is_signed else str(row.get_state_display()),
        "lang": get_language() or "en",
        "hospital": {"name": visit.hospital.name, "lines": [line for line in hospital if line]},
        "about": [*about, [_("Date"), date_format(signed, "j M Y")]],
        "printed": _("Printed %(day)s") % {"day": date_format(clock.now().astimezone(zone), "j M Y, H:i")},
        "page_words": [_("Page"), _("of")],
        "not_valid": _("Not valid any more: %(state)s") % {"state": row.get_state_display()}
        if not row.is_signed
        else "",
        "facts": [[_("Diagnosis"), row.diagnosis], *_allergies(sheet)],
        "head": [_("Medicine"), _("How to take it"), _("Pattern"), _("Days"), _("Quantity")],
        "rows": [_cells(medicine) for medicine in row.medicines.all()],
        "no_rows": _("No medicine is prescribed."),
        "advice": [_("Advice"), row.advice] if row.advice else [],
        "again": [_("See again on"), date_format(row.follow_up_on, "j M Y")] if row.follow_up_on else [],
        "signature": [
            doctor.name,
            doctor.degrees,
            _("Registration %(number)s, %(council)s")
            % {"number": doctor.registration_number, "council": doctor.council},
            _("Signed %(when)s") % {"when": date_format(signed, "j M Y, H:i")},
        ],
        "code": code_of(row),
        "code_words": [_("Is it genuine? Scan the code, or open:"), address_of(row)],
    }


def _allergies(sheet):
    """Silence is not safety: all three states have words."""
    if not sheet["may_read"]:
        return []
    if sheet["allergies"]:
        return [[_("Allergy"), ", ".join(allergy.substance for allergy in sheet["allergies"])]]
    if sheet["patient"].allergy_status == Patient.AllergyStatus.NONE_KNOWN:
        return [[_("Allergies"), _("No known allergies")]]
    return [[_("Allergies"), _("Not asked yet")]]


def _cells(medicine):
    return [str(medicine), medicine.in_words, medicine.in_short, str(medicine.how_long), medicine.how_much or "–"]
