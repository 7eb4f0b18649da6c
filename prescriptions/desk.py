"""The doctor's prescription pad, and the finished sheet: what their pages read."""

import re
from functools import cached_property

from django.db.models import F

from healthstack.lib.rules import RuleBroken
from patients.workflow import open_record
from prescriptions import formulary
from prescriptions.checking import warnings_of
from prescriptions.forms import MOST_MEDICINES, MedicineFormSet, PrescriptionForm, ReasonsForm, initial_of, written
from prescriptions.models import Medication, Medicine, Prescription

MOST_SUGGESTED = 8
# Buttons of the pad that do not save: nothing is wrong yet, and nothing is kept.
SIDE_STEPS = {"add", "find", "pick", "check"}


def suggestions(text):
    """Medicines of the list whose words begin as typed. -> [Medication]"""
    return list(Medication.objects.matching(text)[:MOST_SUGGESTED])


def opened(patient, user):
    """May this carer read the record? Then its opening is noted."""
    try:
        open_record(patient=patient, by=user, why="prescription")
    except RuleBroken:
        return False
    return True


class Pad:
    """The form of a visit's prescription: filled from the draft, from what was posted, or from the last one."""

    def __init__(self, visit, user, posted, *, repeat=False):
        self.visit, self.user, self.posted = visit, user, posted
        self.prescription = self._last_edition()
        self.may_read = opened(visit.patient, user)
        self.repeat = repeat and self.may_read and not self.prescription
        if posted is None:
            self.form = PrescriptionForm(instance=self.prescription, initial=self._initial)
            self.lines = MedicineFormSet(prefix="medicines", initial=[initial_of(row) for row in self.stored])
        else:
            # Never the stored row as instance: a form that fails must not change what the page shows as stored.
            self.form = PrescriptionForm(posted)
            self.lines = MedicineFormSet(self._stepped(posted), prefix="medicines")

    def _last_edition(self):
        """What is gone on with: nothing where the last edition was withdrawn."""
        row = Prescription.objects.of_visit(self.visit).first()
        return None if row and row.state == Prescription.State.WITHDRAWN else row

    @cached_property
    def stored(self):
        """The medicines that the page begins with."""
        if self.prescription:
            return list({row.pk: row for row in self._with_reasons}.values())
        if self.repeat:
            rows = Medicine.objects.filter(prescription=self._signed_before.values("pk")[:1])
            return [row for row in rows.select_related("prescription") if row.dosage]
        return []

    @cached_property
    def _with_reasons(self):
        """The lines of the draft, one row for each reason that is kept with a line, at least one for each line."""
        rows = self.prescription.medicines.annotate(
            kind=F("overrides__kind"), ingredient=F("overrides__ingredient"), why=F("overrides__reason")
        )
        return list(rows.order_by("position", "overrides__id"))

    @property
    def _signed_before(self):
        rows = Prescription.objects.signed().filter(patient=self.visit.patient_id).exclude(appointment=self.visit)
        return rows.order_by("-signed_at", "-id")

    @cached_property
    def last_signed(self):
        """The patient's newest valid prescription, of which the medicines can be prescribed once more."""
        if self.repeat:
            return self.stored[0].prescription if self.stored else None
        return self._signed_before.first() if self.may_read and not self.prescription else None

    @property
    def _initial(self):
        return {"version": self.prescription.version if self.prescription else 0}

    @cached_property
    def step(self):
        """The button that was pressed, if it is one that does not save."""
        return next((name for name in self.posted or () if name in SIDE_STEPS), "")

    def _stepped(self, posted):
        """What was posted, with what the button adds to it."""
        total = posted.get("medicines-TOTAL_FORMS", "")
        data = posted.copy()
        if self.step == "add" and re.fullmatch(r"[0-9]{1,2}", total) and int(total) < MOST_MEDICINES:
            data["medicines-TOTAL_FORMS"] = str(int(total) + 1)
        elif self.step == "pick" and (found := re.fullmatch(r"([0-9]{1,2})-([0-9]{1,15})", posted["pick"])):
            self._pick(data, f"medicines-{int(found[1])}-", Medication.objects.filter(pk=int(found[2])).first())
        return data

    @staticmethod
    def _pick(data, prefix, medication):
        if medication:
            data[f"{prefix}medication"] = str(medication.pk)
            data[f"{prefix}name"], data[f"{prefix}strength"] = written(medication)
            data[f"{prefix}dose_unit"], data[f"{prefix}route"] = formulary.USUAL.get(medication.form, ("", ""))

    @cached_property
    def looked_up(self):
        """(number of the line, what was typed, [Medication]) after the button "Look up"; else None."""
        if self.step != "find" or not re.fullmatch(r"[0-9]{1,2}", self.posted["find"]):
            return None
        number = int(self.posted["find"])
        text = self.posted.get(f"medicines-{number}-name", "")[:120]
        return number, text, suggestions(text)

    @cached_property
    def found(self):
        """[Warning] for the medicines as they stand on the page."""
        rows = self.stored if self.posted is None else self.lines.medicines()
        if not self.may_read:
            return []
        return warnings_of(self.visit.patient, rows, visit=self.visit, allergies=self.allergies)

    @cached_property
    def allergies(self):
        return list(self.visit.patient.allergies.current()) if self.may_read else []

    @cached_property
    def reasons(self):
        rows = self._with_reasons if self.prescription and self.posted is None else ()
        kept = {f"{row.kind}:{row.ingredient}": row.why for row in rows if row.why}
        return ReasonsForm.of(self.found, self.posted, kept)

    def is_valid(self):
        return all([self.form.is_valid(), self.lines.is_valid(), self.reasons.is_valid()])

    @property
    def data(self):
        data = self.form.cleaned_data
        return {
            "diagnosis": data["diagnosis"],
            "advice": data["advice"],
            "follow_up_on": data["follow_up_on"],
            "version": data["version"],
            "medicines": self.lines.medicines(),
            "reasons": self.reasons.reasons(),
        }

    @property
    def problems(self):
        if self.step or not self.form.is_bound:
            return []
        return self.form.problems + self.lines.problems + self.reasons.problems

    def _hush(self):
        """Nothing is wrong yet, so nothing on the page may point to an error. What is right was looked at before."""
        self.reasons  # noqa: B018 - reads the lines
        for form in (self.form, *self.lines):
            form.errors.clear()

    def context(self):
        if self.step:
            self._hush()
        return {
            "pad": self,
            "visit": self.visit,
            "patient": self.visit.patient,
            "may_read": self.may_read,
            "allergies": self.allergies,
            "form": self.form,
            "lines": self.lines,
            "prescription": self.prescription,
            "problems": self.problems,
        }


def sheet(prescription, user):
    """What the finished prescription shows. The patient's allergies stand on it while the reader may see the record."""
    patient = prescription.patient
    own = patient.speaks_for_it(user)
    author = prescription.doctor.user_id == user.pk
    carer = not own and opened(patient, user)
    allergies = list(patient.allergies.current()) if own or carer else []
    lines = list(prescription.medicines.all())
    checked = author and carer and prescription.is_draft
    return {
        "prescription": prescription,
        "visit": prescription.appointment,
        "doctor": prescription.doctor,
        "patient": patient,
        "own": own,
        "author": author,
        "may_read": own or carer,
        "allergies": allergies,
        "found": warnings_of(patient, lines, visit=prescription.appointment, allergies=allergies) if checked else [],
        # Why a warning was overridden is between doctors; the patient is told in the visit.
        "overrides": [override for line in lines for override in line.overrides.all()] if author else [],
    }
