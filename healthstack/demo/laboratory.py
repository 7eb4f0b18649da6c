"""The laboratory of the demo's hospital: its prices, two technicians, and orders as far along as an order can be.

Examples to look at, no findings: each value is invented, its range a demonstration's.
"""

import json
from datetime import timedelta
from decimal import Decimal

from django.conf import settings

from accounts import workflow as accounts
from appointments.models import Appointment
from healthstack.demo.doctors import HOUSE_NEUROLOGIST
from healthstack.demo.patients import PATIENT
from healthstack.demo.town import FOUNDED, PASSWORD, address
from healthstack.lib import clock
from hospitals import workflow as hospitals
from hospitals.models import Staff
from laboratory import workflow as laboratory
from laboratory.models import Item, Order, Test

PLACE, ANOTHER_PLACE = "kite", "thread"
PRICES = {
    "Blood cells": 120,
    "Blood sugar": 90,
    "Fats": 160,
    "Kidney": 140,
    "Liver": 150,
    "Salts and minerals": 180,
    "Hormones": 420,
    "Vitamins": 780,
    "Urine": 70,
    "Stool": 80,
}
HB, FBS, TSH = "Haemoglobin (Hb)", "Fasting Blood Sugar (FBS)", "Thyroid Stimulating Hormone (TSH)"
POTASSIUM, B12, URINE = "Serum Potassium (K+)", "Vitamin B12", "Urinalysis"
PLATELETS, GROUP, CREATININE = "Platelets", "Blood Group", "Serum Creatinine"

# What patient@ was ordered at the visits with doctor@, the oldest first: [(test: value)] that were released.
OF_PATIENT = (
    {HB: "10.8", FBS: "118", TSH: "6.2"},
    {HB: "11.4", FBS: "109", TSH: "4.1"},
    {HB: "12.1", B12: "<150"},
)
# And of others, the latest first: how far the order is, and its tests with their values.
OF_OTHERS = (
    ("ordered", {HB: "", FBS: ""}),
    ("ordered", {URINE: "", CREATININE: ""}),
    ("ordered", {GROUP: ""}),
    ("collected", {HB: "", POTASSIUM: "", URINE: ""}),
    ("collected", {TSH: "", FBS: ""}),
    ("entered", {HB: "13.2", PLATELETS: "0.9"}),
    ("entered", {CREATININE: "1.1", POTASSIUM: "4.4"}),
    ("verified", {FBS: "96", URINE: "Nothing unusual"}),
    ("released", {POTASSIUM: "6.1", CREATININE: "2.4"}),
    ("cancelled", {TSH: ""}),
)
HOUR = timedelta(hours=1)


def open_laboratory(town, calendar):
    """Import the catalogue, price it, appoint the technicians, and take orders through the laboratory."""
    with clock.at(calendar.at(-FOUNDED, 11)):
        catalogue = json.loads((settings.BASE_DIR / "data" / "lab-tests.json").read_text(encoding="utf-8"))
        laboratory.import_tests(rows=catalogue["tests"], source=catalogue["source"], by=town.administrator)
        tests = {test.name: test for test in Test.objects.all()}
        for key, dearer in ((PLACE, 0), (ANOTHER_PLACE, 20)):
            laboratory.change_prices(hospital=town.hospitals[key], prices=_prices(tests, dearer), by=town.administrator)
        people = [_technician(town, number, name) for number, name in ((1, "Lata Rane"), (2, "Manoj Pal"))]
    work = Work(town, calendar, tests, people)
    work.of_patient()
    work.of_others()


def _prices(tests, dearer):
    """Every test of the groups that are done, at a price that differs a little from its neighbours'."""
    return {
        test: Decimal(PRICES[test.group] + dearer + len(test.name) % 5 * 10)
        for test in tests.values()
        if test.group in PRICES and (not dearer or test.group not in ("Hormones", "Vitamins"))
    }


def _technician(town, number, name):
    user = accounts.create_user(
        email=address("lab", number),
        name=name,
        groups=[],
        by=town.administrator,
        password=PASSWORD,
        email_verified=True,
    )
    hospitals.appoint(hospital=town.hospitals[PLACE], user=user, role=Staff.Role.TECHNICIAN, by=town.administrator)
    return user


class Work:
    """Orders of doctor@ and what the two technicians do with them, hour by hour behind the visit."""

    def __init__(self, town, calendar, tests, technicians):
        self.town, self.calendar, self.tests = town, calendar, tests
        self.first, self.second = technicians
        self.doctor = town.doctors[HOUSE_NEUROLOGIST]
        rows = Appointment.objects.filter(doctor=self.doctor, state="completed", starts_at__lt=calendar.midnight)
        self.visits = list(rows.select_related("patient__user").order_by("starts_at", "pk"))
        self.me = town.patients[PATIENT]

    def of_patient(self):
        """A course of three reports, one of them amended; and a sample that has to be taken again."""
        mine = [visit for visit in self.visits if visit.patient_id == self.me.pk]
        for n, (visit, values) in enumerate(zip(mine, OF_PATIENT, strict=False)):
            order = self.place(visit, values)
            typed = {**values, FBS: "190"} if n == 1 else values
            self.run(order, typed, visit, until="released")
            if n == 1:
                self.amend(order, FBS, values[FBS], "The first value belonged to another sample", visit)
        for visit in mine[-1:]:
            order = self.place(visit, {POTASSIUM: "", CREATININE: ""})
            with self.later(visit, 2):
                specimen = laboratory.collect(order=order, kind="blood", by=self.first)
            with self.later(visit, 3):
                laboratory.reject(specimen=specimen, reason="Haemolysed", by=self.second)

    def of_others(self):
        """One order for each of the latest visits of as many people."""
        latest = {visit.patient_id: visit for visit in self.visits if visit.patient_id != self.me.pk}
        latest = sorted(latest.values(), key=lambda visit: visit.starts_at, reverse=True)
        for visit, (until, values) in zip(latest, OF_OTHERS, strict=False):
            order = self.place(visit, values)
            if until == "cancelled":
                with self.later(visit, 1):
                    laboratory.cancel(order=order, reason="Was done last month", by=self.doctor.user)
            else:
                self.run(order, values, visit, until=until)

    def later(self, visit, hours):
        return clock.at(min(visit.completed_at + hours * HOUR, self.calendar.now))

    def place(self, visit, names):
        with clock.at(visit.completed_at):
            return laboratory.place(
                patient=visit.patient,
                hospital=self.town.hospitals[PLACE],
                tests=[self.tests[name] for name in names],
                doctor=self.doctor,
                appointment=visit,
                by=self.doctor.user,
            )

    def run(self, order, values, visit, *, until):
        """Take an order as far as that state, a few hours behind the visit."""
        order = Order.objects.get(pk=order.pk)
        if until == "ordered":
            return
        with self.later(visit, 1):
            for kind in sorted({self.tests[name].specimen for name in values}):
                if until == "collected" and kind == "urine":
                    continue  # the patient brings it tomorrow
                taken = "blood" if kind == "other" else ""
                laboratory.collect(order=order, kind=kind, taken=taken, by=self.first)
        if until == "collected":
            return
        for item in Item.objects.filter(order=order).select_related("order", "test").order_by("position"):
            with self.later(visit, 3):
                laboratory.enter(item=item, text=values[item.test.name], sure=True, by=self.first)
            if until != "entered":
                with self.later(visit, 4):
                    laboratory.verify(item=item, by=self.second)
        if until == "released":
            with self.later(visit, 4):
                laboratory.release(order=order, by=self.second)

    def amend(self, order, name, text, why, visit):
        item = Item.objects.select_related("order", "test").get(order=order, test=self.tests[name])
        with self.later(visit, 20):
            laboratory.amend(item=item, text=text, why=why, by=self.first)
            laboratory.verify(item=Item.objects.select_related("order", "test").get(pk=item.pk), by=self.second)
            laboratory.release(order=order, by=self.second)
