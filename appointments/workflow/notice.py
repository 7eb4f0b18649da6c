"""Until when a patient may change a visit here: the notice that the doctor asks for."""

from django.utils.translation import gettext as _

from healthstack.lib import clock
from healthstack.lib.rules import RuleBroken


def speaks_as_patient(row, by):
    """Does this person act for the patient, and not as the doctor or for the hospital?"""
    return by is not None and by.pk != row.doctor.user_id and row.patient.speaks_for_it(by)


def why_too_late(*, row, by):
    """The sentence for a patient who is too late to change a visit here, else an empty text.

    Patients change a confirmed visit until the doctor's notice begins; what nobody has confirmed, until its time.
    Doctors and staff may always: they have the patient on the phone.
    """
    if not row.is_open or not speaks_as_patient(row, by) or clock.now() <= row.changeable_until:
        return ""
    facts = {"hospital": row.hospital.name, "phone": str(row.hospital.phone or "")}
    if facts["phone"]:
        return _("Too late to change here. Call %(hospital)s: %(phone)s.") % facts
    return _("Too late to change here. Call %(hospital)s.") % facts


def refuse_if_too_late(row, by):
    sentence = why_too_late(row=row, by=by)
    if sentence:
        raise RuleBroken(sentence)
