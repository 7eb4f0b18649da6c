"""Vital signs: what can be true, what is asked about once, and what they say over time."""

from datetime import date, timedelta
from decimal import Decimal as D

import pytest
from django.urls import reverse

from accounts.models import AuditEntry
from healthstack.lib import clock
from healthstack.lib.rules import RuleBroken
from patients import trends, vitals, workflow
from patients.models import Observation
from tests.factories import trail

PRESSURE = {"systolic": D(138), "diastolic": D(86)}


@pytest.fixture(autouse=True)
def _morning(at):
    at("2026-03-02 09:00")


def take(patient, by, days_ago=0, **facts):
    moment = clock.now() - timedelta(days=days_ago)
    anyway = facts.pop("anyway", False)
    return workflow.take_vitals(patient=patient, values=facts, taken_at=moment, by=by, anyway=anyway)


class TestTakeVitals:
    def test_several_at_once_by_a_doctor_in_care(self, patient, doctor, in_care):
        rows = take(patient, doctor.user, **PRESSURE, pulse=D(72), temperature=D("36.8"))
        assert sorted(map(str, rows)) == ["Blood pressure 138/86", "Pulse 72", "Temperature 36.8"]
        assert all(row.is_confirmed for row in rows)
        assert trail(patient)[0] == "patients.vitals_taken"

    def test_what_a_patient_measured_at_home_is_marked(self, patient):
        assert not take(patient, patient.user, weight=D(70))[0].is_confirmed

    def test_a_guardian_does_so_for_the_child(self, dependant, guardian, patient):
        assert take(dependant, guardian.user, weight=D(22))
        with pytest.raises(RuleBroken, match="may not write"):
            take(patient, guardian.user, weight=D(22))

    def test_nobody_else_does(self, patient, other_doctor, other_patient, receptionist):
        for person in (other_doctor.user, other_patient.user, receptionist):
            with pytest.raises(RuleBroken, match="may not write"):
                take(patient, person, weight=D(70))
        assert not Observation.objects.exists()

    @pytest.mark.parametrize(
        ("values", "field", "sentence"),
        [
            ({}, None, "at least one"),
            ({"systolic": D(120)}, "diastolic", "both numbers"),
            ({"diastolic": D(80)}, "systolic", "both numbers"),
            ({"systolic": D(80), "diastolic": D(80)}, "diastolic", "below the upper"),
            ({"pulse": D(301)}, "pulse", "from 20 to 300"),
            ({"temperature": D("98.6")}, "temperature", "98.6 °F are 37.0 °C"),
            ({"oxygen": D(101)}, "oxygen", "from 30 to 100"),
            ({"weight": D(0)}, "weight", "from 0.3 to 400"),
            ({"height": D("1.72")}, "height", "in cm"),
        ],
    )
    def test_what_cannot_be_is_refused(self, patient, values, field, sentence):
        with pytest.raises(RuleBroken, match=sentence) as refusal:
            take(patient, patient.user, anyway=True, **values)
        assert refusal.value.field == field
        assert not Observation.objects.exists()

    def test_what_is_unusual_is_asked_about_once(self, patient):
        with pytest.raises(RuleBroken, match="Pulse 190") as refusal:
            take(patient, patient.user, pulse=D(190), weight=D(70))
        assert refusal.value.offers == ["anyway"]
        assert len(take(patient, patient.user, pulse=D(190), weight=D(70), anyway=True)) == 2

    def test_the_same_moment_twice_is_refused_until_the_first_is_marked_wrong(self, patient):
        (first,) = take(patient, patient.user, pulse=D(72))
        with pytest.raises(RuleBroken, match="Pulse is written down for this time already"):
            take(patient, patient.user, pulse=D(72), weight=D(70))
        workflow.mark_wrong(entry=first, reason="Of my wife", by=patient.user)
        assert take(patient, patient.user, pulse=D(72))

    def test_neither_in_the_future_nor_before_the_birth(self, patient):
        for days in (-1, 366 * 40):
            with pytest.raises(RuleBroken, match="cannot be measured"):
                take(patient, patient.user, days_ago=days, pulse=D(72))


class TestTrends:
    def test_the_last_of_each_kind_and_what_is_wrong_counts_no_more(self, patient):
        take(patient, patient.user, days_ago=9, weight=D(80))
        (wrong,) = take(patient, patient.user, days_ago=1, weight=D(8), anyway=True)
        take(patient, patient.user, days_ago=5, **PRESSURE)
        workflow.mark_wrong(entry=wrong, reason="A slip", by=patient.user)
        found = [(kind, value) for kind, _n, value, _u, _at in trends.latest(patient)]
        assert found == [("blood_pressure", "138/86"), ("weight", "80")]

    def test_the_body_mass_index_is_computed(self, patient):
        take(patient, patient.user, days_ago=9, height=D(175))
        take(patient, patient.user, days_ago=5, weight=D(80))
        take(patient, patient.user, weight=D("76.5"))
        assert trends.latest(patient)[-1][:3] == ("bmi", vitals.BMI.name, "25")
        trend = trends.trend(patient, "bmi")
        assert [point.value for point in trend["chart"].points] == [D("26.1"), D("25.0")]

    def test_of_a_growing_child_only_a_height_of_that_day_counts(self, dependant, guardian):
        take(dependant, guardian.user, days_ago=300, height=D(110))
        take(dependant, guardian.user, weight=D(22))
        assert [row[0] for row in trends.latest(dependant)] == ["weight", "height"]
        take(dependant, guardian.user, height=D(118))
        assert trends.latest(dependant)[-1][2] == "15.8"

    def test_both_numbers_of_a_blood_pressure_are_drawn(self, patient):
        take(patient, patient.user, days_ago=9, **PRESSURE)
        take(patient, patient.user, systolic=D(126), diastolic=D(80))
        trend = trends.trend(patient, "blood_pressure")
        assert (trend["first"][0], trend["last"][0], trend["many"]) == ("138/86", "126/80", True)
        assert len(trend["chart"].drawings) == 2

    def test_nothing_is_drawn_of_nothing(self, patient):
        assert trends.trend(patient, "pulse") is None
        assert trends.latest(patient) == []


class TestPages:
    def fields(self, **typed):
        return {"day": "2026-03-02", "time": "08:30", **typed}

    def test_a_doctor_writes_down_and_reads_the_trend(self, sign_in, patient, doctor, in_care):
        browser = sign_in(doctor)
        address = reverse("patients:take_vitals", args=[patient.pk])
        answer = browser.post(address, self.fields(systolic="138", diastolic="86", temperature="36,8"))
        assert answer.url == reverse("patients:vitals", args=[patient.pk])
        page = browser.get(answer.url).content.decode()
        assert "138/86" in page
        assert "<svg viewBox" in page
        assert "style=" not in page
        assert AuditEntry.objects.about(patient).filter(code=workflow.OPENED, by=doctor.user).exists()
        assert "138/86" in browser.get(reverse("patient", args=[patient.pk])).content.decode()

    def test_unusual_is_asked_once(self, sign_in, patient):
        browser = sign_in(patient)
        address = reverse("patients:take_vitals", args=[patient.pk])
        answer = browser.post(address, self.fields(pulse="190"))
        assert (answer.status_code, 'name="anyway"' in answer.content.decode()) == (409, True)
        assert browser.post(address, self.fields(pulse="190", anyway="1")).status_code == 302

    @pytest.mark.parametrize(
        "typed",
        [
            {},
            {"pulse": "NaN"},
            {"pulse": "72.5"},
            {"pulse": "9" * 400},
            {"weight": "-1"},
            {"pulse": "72", "day": "0001-01-01"},
            {"pulse": "72", "day": "9999-12-31"},
            {"pulse": "72", "day": ""},
            {"pulse": "72", "time": "25:00"},
            {"pulse": "१"},
        ],
    )
    def test_what_is_no_value_is_said(self, sign_in, patient, typed):
        answer = sign_in(patient).post(reverse("patients:take_vitals", args=[patient.pk]), self.fields(**typed))
        assert answer.status_code == 422
        assert not Observation.objects.exists()

    def test_others_see_and_write_nothing(self, sign_in, patient, other_patient, other_doctor, guardian):
        (row,) = take(patient, patient.user, pulse=D(72))
        for person in (other_patient, other_doctor, guardian):
            browser = sign_in(person)
            for name in ("vitals", "take_vitals"):
                assert browser.get(reverse(f"patients:{name}", args=[patient.pk])).status_code == 404
            assert browser.get(reverse("patients:mark_wrong", args=["observation", row.pk])).status_code == 404

    def test_a_wrong_value_is_shown_struck_through(self, sign_in, patient):
        (row,) = take(patient, patient.user, pulse=D(72))
        workflow.mark_wrong(entry=row, reason="Of my wife", by=patient.user)
        page = sign_in(patient).get(reverse("patients:vitals", args=[patient.pk]), {"what": "pulse"}).content.decode()
        assert "<s>72" in page
        assert "Of my wife" in page


def test_every_kind_has_its_unit_and_its_bounds_in_order():
    for measure in vitals.MEASURES.values():
        assert measure.can[0] <= measure.asked[0] < measure.asked[1] <= measure.can[1]
    assert vitals.bmi(D(80), D(175)) == D("26.1")
    assert (vitals.shown(D("72.00")), vitals.shown(D("138.00"), D("86.00"))) == ("72", "138/86")


def test_on_the_day_of_birth_it_can_be_measured(dependant, guardian, at):
    at("2018-05-20 23:30")
    workflow.take_vitals(patient=dependant, values={"weight": D("3.2")}, taken_at=clock.now(), by=guardian.user)
    assert dependant.born_on == date(2018, 5, 20)
