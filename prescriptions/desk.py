"""The doctor's prescription pad, and the finished sheet: what their pages read."""

import re

from patients.models import Patient
from patients.workflow import open_record
from prescriptions.forms import MOST_MEDICINES, MedicineFormSet, PrescriptionForm
from prescriptions.models import Prescription


class Pad:
    """The form of a visit's prescription: filled from the draft, or from what was posted."""

    def __init__(self, visit, user, posted):
        self.visit, self.user, self.posted = visit, user, posted
        self.prescription = Prescription.objects.filter(appointment=visit).prefetch_related("medicines").first()
        self.may_read = Patient.objects.as_carer(user).filter(pk=visit.patient_id).exists()
        if posted is None:
            self.form = PrescriptionForm(instance=self.prescription, initial=self._initial)
            self.lines = MedicineFormSet(prefix="medicines", initial=self._lines)
        else:
            # Never the stored row as instance: a form that fails must not change what the page shows as stored.
            self.form = PrescriptionForm(posted)
            self.lines = MedicineFormSet(self._with_one_more(posted), prefix="medicines")

    @property
    def _initial(self):
        return {"version": self.prescription.version if self.prescription else 0}

    @property
    def _lines(self):
        rows = self.prescription.medicines.all() if self.prescription else ()
        return [
            {name: getattr(row, name) for name in ("name", "strength", "dose", "frequency", "food", "days")}
            for row in rows
        ]

    @property
    def only_one_more(self):
        return self.posted is not None and "add" in self.posted

    def _with_one_more(self, posted):
        total = posted.get("medicines-TOTAL_FORMS", "")
        if "add" not in posted or not re.fullmatch(r"[0-9]{1,2}", total) or int(total) >= MOST_MEDICINES:
            return posted
        data = posted.copy()
        data["medicines-TOTAL_FORMS"] = str(int(total) + 1)
        return data

    def is_valid(self):
        return all([self.form.is_valid(), self.lines.is_valid()])

    @property
    def data(self):
        data = self.form.cleaned_data
        return {
            "diagnosis": data["diagnosis"],
            "advice": data["advice"],
            "follow_up_on": data["follow_up_on"],
            "version": data["version"],
            "medicines": self.lines.medicines(),
        }

    def context(self):
        if self.may_read:
            open_record(patient=self.visit.patient, by=self.user, why="prescription")
        return {
            "pad": self,
            "visit": self.visit,
            "patient": self.visit.patient,
            "may_read": self.may_read,
            "allergies": list(self.visit.patient.allergies.current()) if self.may_read else [],
            "form": self.form,
            "lines": self.lines,
            "prescription": self.prescription,
            # Adding a line is not an attempt to save: nothing is wrong yet.
            "problems": []
            if self.only_one_more or not self.form.is_bound
            else self.form.problems + self.lines.problems,
        }


def sheet(prescription, user):
    """What the finished prescription shows. The patient's allergies stand on it while the reader may see the record."""
    patient = prescription.patient
    own = patient.speaks_for_it(user)
    carer = not own and Patient.objects.as_carer(user).filter(pk=patient.pk).exists()
    if carer:
        open_record(patient=patient, by=user, why="prescription")
    return {
        "prescription": prescription,
        "visit": prescription.appointment,
        "doctor": prescription.doctor,
        "patient": patient,
        "own": own,
        "may_read": own or carer,
        "allergies": list(patient.allergies.current()) if own or carer else [],
    }
