"""The slip on which a doctor ticks tests: what its page reads."""

import secrets
from itertools import groupby
from uuid import UUID

from appointments.models import Appointment
from doctors.models import Doctor
from hospitals.models import Hospital
from laboratory.forms import PlaceForm
from laboratory.models import Price, Test
from patients.workflow import open_record


class Slip:
    """The tests of one hospital's laboratory, those that are ticked first; searched through without losing a tick."""

    def __init__(self, request, patient):
        self.user, self.patient = request.user, patient
        self.posted = request.POST if request.method == "POST" else None
        asked = self.posted if self.posted is not None else request.GET
        self.doctor = Doctor.objects.of(self.user).first()
        self.visit = self._visit(asked.get("visit", ""))
        self.hospitals = self._hospitals()
        slug = asked.get("hospital", "")
        self.hospital = next((one for one in self.hospitals if one.slug == slug), next(iter(self.hospitals), None))
        self.words = asked.get("q", "").replace("\x00", "")[:80].strip()
        self.prices = Price.objects.current().filter(hospital=self.hospital).select_related("test")
        tests = Test.objects.filter(pk__in=self.prices.values("test"))
        data = None if self.only_looks else self.posted
        self.form = PlaceForm(data, tests=tests, initial={"note": asked.get("note", "")[:240]})
        self.ticked = {key for key in asked.getlist("tests")[:100] if key.isascii() and key.isdigit() and len(key) < 19}

    @property
    def only_looks(self):
        """Nothing is sent yet: the page is opened, or searched through."""
        return self.posted is None or "find" in self.posted

    def _visit(self, key):
        try:
            rows = Appointment.objects.as_doctor(self.user).filter(patient=self.patient, pk=UUID(key))
        except ValueError:
            return None
        return rows.select_related("hospital").first()

    def _hospitals(self):
        """Where the doctor works and tests are done, the visit's own first."""
        there = Hospital.objects.filter(pk__in=Price.objects.findable().values("hospital")).order_by("name", "pk")
        mine = (
            there.filter(pk__in=self.doctor.affiliations.current().values("hospital")) if self.doctor else there.none()
        )
        mine = list(mine)
        return sorted(mine, key=lambda one: not self.visit or one.pk != self.visit.hospital_id)

    def facts(self, data):
        """What `place` takes."""
        return {
            "patient": self.patient,
            "hospital": self.hospital,
            "doctor": self.doctor,
            "appointment": self.visit,
            "tests": list(data["tests"]),
            "note": data["note"],
            "request_key": data["request_key"] or None,
        }

    @property
    def _problems(self):
        return self.form.problems if self.form.is_bound else []

    def context(self):
        open_record(patient=self.patient, by=self.user, why="tests")
        prices = list(self.prices.order_by("test__group", "test__name", "pk"))
        said = self.words.casefold().split()
        found = [row for row in prices if all(word in row.test.name.casefold() for word in said)]
        rows = [(row, str(row.test_id) in self.ticked) for row in found]
        key = self.posted.get("request_key", "")[:60] if self.posted is not None else ""
        return {
            "slip": self,
            "patient": self.patient,
            "form": self.form,
            "problems": [("q" if "tests" in at else at, words) for at, words in self._problems],
            "chosen": [row for row in prices if str(row.test_id) in self.ticked and row not in found],
            "groups": [(name, list(part)) for name, part in groupby(rows, key=lambda row: row[0].test.group)],
            "request_key": key or secrets.token_urlsafe(16),
        }
