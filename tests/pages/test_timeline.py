"""One timeline of care: everything of all floors in its order, paged, filtered, and each line with its way on."""

from datetime import date, timedelta
from decimal import Decimal as D

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from appointments import workflow as appointments
from healthstack.lib import clock
from healthstack.pages.record_timeline import SOURCES
from patients import workflow
from patients.models import Observation
from prescriptions import workflow as prescriptions
from prescriptions.models import Medicine
from tests.factories import pdf


@pytest.fixture
def life(monday_morning, confirmed, patient, doctor):
    """One of everything that a visit leaves. -> the visit"""
    by = doctor.user
    visit = appointments.start(appointment=appointments.check_in(appointment=confirmed, by=by), by=by)
    workflow.take_vitals(patient=patient, values={"pulse": D(72)}, taken_at=clock.now(), by=by)
    workflow.list_condition(patient=patient, text="Migraine", by=by)
    workflow.list_immunization(patient=patient, vaccine="MMR", dose=2, given_on=date(1995, 5, 4), by=patient.user)
    workflow.keep_document(
        patient=patient, kind="image", title="MRI", dated_on=date(2026, 2, 1), upload=pdf(), by=patient.user
    )
    appointments.write_note(appointment=visit, text="Throbbing, on the left.", by=by)
    appointments.sign_note(appointment=visit, by=by)
    medicine = Medicine(name="Paracetamol", dose="1 tablet", frequency="1-0-1", days=3)
    draft = prescriptions.draft(appointment=visit, diagnosis="Migraine attack", medicines=[medicine], by=by)
    prescriptions.sign(prescription=draft, by=by)
    return visit


def lines(answer):
    return [(line["source"].name, str(line["title"])) for line in answer.context["timeline"]["lines"]]


def test_everything_is_there_the_newest_first(life, sign_in, patient):
    answer = sign_in(patient).get(reverse("record"))
    found = lines(answer)
    kinds = {"visit", "note", "prescription", "observation", "condition", "immunization", "document"}
    assert kinds <= {kind for kind, _title in found}
    assert found[-2:] == [("document", "MRI"), ("immunization", "MMR")]
    assert {"Pulse 72 /min", "Migraine", "Migraine attack"} <= {title for _kind, title in found}
    assert "Throbbing, on the left." in answer.content.decode()


@pytest.mark.parametrize("name", [source.name for source in SOURCES])
def test_one_kind_alone(life, sign_in, patient, doctor, name):
    found = lines(sign_in(patient).get(reverse("record"), {"show": name}))
    assert {kind for kind, _title in found} <= {name}
    assert found or name in ("report", "invoice")
    of_doctor = sign_in(doctor).get(reverse("patient-timeline", args=[patient.pk]), {"show": name})
    assert of_doctor.status_code == 200


def test_every_way_on_leads_somewhere(life, sign_in, patient, doctor, other_doctor):
    workflow.grant_access(patient=patient, carer=other_doctor.user, reason="Second opinion", by=patient.user)
    address = reverse("patient-timeline", args=[patient.pk])
    for person, page in ((patient, reverse("record")), (doctor, address), (other_doctor, address)):
        browser = sign_in(person)
        shown = browser.get(page).context["timeline"]["lines"]
        assert shown
        for line in shown:
            for url in filter(None, (line["url"], line["correct"])):
                assert browser.get(url).status_code == 200, (person, url)


def test_a_doctor_sees_no_bills_and_opens_no_visit_of_another(life, sign_in, patient, other_doctor):
    workflow.grant_access(patient=patient, carer=other_doctor.user, reason="Second opinion", by=patient.user)
    answer = sign_in(other_doctor).get(reverse("patient-timeline", args=[patient.pk]))
    shown = {line["source"].name: line["url"] for line in answer.context["timeline"]["lines"]}
    assert "invoice" not in shown
    assert (shown["visit"], shown["prescription"]) == ("", "")
    assert shown["note"]


def test_a_doctor_opens_the_own_visits_from_it(life, sign_in, patient, doctor):
    answer = sign_in(doctor).get(reverse("patient-timeline", args=[patient.pk]))
    shown = {line["source"].name: line["url"] for line in answer.context["timeline"]["lines"]}
    assert shown["visit"] == life.get_absolute_url()
    assert shown["prescription"]


def test_what_was_wrong_stays_readable(life, sign_in, patient, doctor):
    row = Observation.objects.get()
    workflow.mark_wrong(entry=row, reason="Of the neighbour", by=doctor.user)
    page = sign_in(patient).get(reverse("record")).content.decode()
    assert "<s>Pulse 72 /min</s>" in page
    assert "Of the neighbour" in page


def test_what_was_measured_at_one_moment_is_one_line(life, sign_in, patient, doctor, at):
    at("2026-03-02 11:00")
    values = {"systolic": D(138), "diastolic": D(86), "weight": D(70)}
    workflow.take_vitals(patient=patient, values=values, taken_at=clock.now(), by=doctor.user)
    first, second = sign_in(patient).get(reverse("record"), {"show": "observation"}).context["timeline"]["lines"]
    assert sorted(first["title"].split(", ")) == ["Blood pressure 138/86 mmHg", "Weight 70 kg"]
    assert second["title"] == "Pulse 72 /min"


def test_strangers_find_nothing(life, sign_in, patient, other_doctor, dependant, guardian):
    assert sign_in(other_doctor).get(reverse("patient-timeline", args=[patient.pk])).status_code == 404
    assert not lines(sign_in(guardian).get(dependant.get_absolute_url()))


def test_pages_hold_every_line_once_and_cost_the_same(patient, sign_in, monday_morning):
    moments = [clock.now() - timedelta(hours=n // 3) for n in range(65)]  # three at a time, over the ends of pages
    facts = {"patient": patient, "recorded_by": patient.user, "kind": "pulse", "value": 72}
    Observation.objects.bulk_create(Observation(taken_at=moment, **facts) for moment in moments)
    browser, found, after, costs = sign_in(patient), [], "", set()
    while True:
        with CaptureQueriesContext(connection) as asked:
            answer = browser.get(reverse("record"), {"show": "observation", "after": after})
        costs.add(len(asked))
        shown = answer.context["timeline"]
        found += [line["correct"] for line in shown["lines"]]
        after = shown["next"]
        if not after:
            break
    assert len(found) == len(set(found)) == 65
    assert len(costs) <= 2
    for broken in ("x", "%00", "W10", after + "a"):
        assert browser.get(reverse("record"), {"after": broken}).status_code == 200
