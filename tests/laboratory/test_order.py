"""From an order to a report."""

from datetime import date
from decimal import Decimal as D

import pytest

from billing.models import Invoice
from healthstack.lib.rules import RuleBroken
from laboratory import workflow
from laboratory.models import Order, Result
from laboratory.workflow.results import Refused
from patients.models import Patient
from tests.factories import inbox, trail


def test_ordered_tests_are_owed_and_the_patient_is_told(order, patient, doctor):
    assert order.state == "ordered"
    assert [item.test.name for item in order.items.all()] == ["Haemoglobin", "Random Blood Sugar", "Urine colour"]
    assert (order.invoice.total, order.invoice.state, order.invoice.kind) == (D(450), "issued", "tests")
    assert "laboratory.placed" in inbox(patient)
    assert trail(order) == ["laboratory.placed"]


def test_one_click_is_one_order(confirmed, tests, doctor, hospital):
    facts = {"patient": confirmed.patient, "hospital": hospital, "tests": list(tests[:1]), "by": doctor.user}
    assert workflow.place(request_key="k", **facts) == workflow.place(request_key="k", **facts)
    assert Order.objects.count() == 1


def test_a_stranger_orders_nothing(confirmed, tests, other_doctor, hospital):
    with pytest.raises(RuleBroken, match="may not open"):
        workflow.place(patient=confirmed.patient, hospital=hospital, tests=list(tests), by=other_doctor.user)


def test_a_test_that_is_not_done_there_is_named(confirmed, tests, doctor, other_hospital):
    with pytest.raises(RuleBroken, match="Haemoglobin: not done here"):
        workflow.place(patient=confirmed.patient, hospital=other_hospital, tests=[tests[0]], by=doctor.user)


def test_nothing_is_no_order(confirmed, doctor, hospital):
    with pytest.raises(RuleBroken, match="at least one"):
        workflow.place(patient=confirmed.patient, hospital=hospital, tests=[], by=doctor.user)


def test_a_cancelled_order_is_not_owed(order, doctor, patient):
    workflow.cancel(order=order, reason="Not needed", by=doctor.user)
    order.refresh_from_db()
    assert (order.state, Invoice.objects.get(kind="tests").state) == ("cancelled", "void")
    assert "laboratory.cancelled" in inbox(patient)


def test_what_was_taken_is_not_cancelled(order, technician, doctor):
    workflow.collect(order=order, kind="blood", by=technician)
    with pytest.raises(RuleBroken, match="taken already"):
        workflow.cancel(order=order, reason="Not needed", by=doctor.user)


def test_one_sample_serves_all_tests_of_its_kind(order, item, technician):
    specimen = workflow.collect(order=order, kind="blood", by=technician)
    assert specimen.items.count() == 2
    assert item("Urine colour").state == "ordered"
    assert len(specimen.accession) == 14
    with pytest.raises(RuleBroken, match="No test"):
        workflow.collect(order=order, kind="blood", by=technician)


def test_a_rejected_sample_is_taken_again_and_the_patient_is_told(order, item, technician, patient):
    specimen = workflow.collect(order=order, kind="blood", by=technician)
    workflow.enter(item=item("Random Blood Sugar"), text="100", by=technician)
    workflow.reject(specimen=specimen, reason="Haemolysed", by=technician)
    assert item("Random Blood Sugar").state == "ordered"
    assert "laboratory.rejected" in inbox(patient)
    workflow.collect(order=order, kind="blood", by=technician)
    workflow.enter(item=item("Random Blood Sugar"), text="90", by=technician)
    assert [row.text for row in item("Random Blood Sugar").results.all()] == ["100", "90"]


@pytest.mark.parametrize("reason", ["", "  "])
def test_a_rejection_says_why(order, technician, reason):
    specimen = workflow.collect(order=order, kind="blood", by=technician)
    with pytest.raises(RuleBroken, match="Say why"):
        workflow.reject(specimen=specimen, reason=reason, by=technician)


def enter(item, text, technician, **facts):
    return workflow.enter(item=item, text=text, by=technician, **facts)


def test_results_are_compared_to_the_range_of_the_patient(order, item, technician, patient):
    Patient.objects.filter(pk=patient.pk).update(gender="female", born_on=date(1990, 4, 12))
    workflow.collect(order=order, kind="blood", by=technician)
    result = enter(item("Haemoglobin"), "12.5", technician)
    assert (result.flag, result.range_words, result.low) == ("N", "12 to 15\u00a0g/dl", D(12))


def test_without_a_range_for_the_patient_there_is_no_flag(order, item, technician, patient):
    Patient.objects.filter(pk=patient.pk).update(gender="unknown")
    workflow.collect(order=order, kind="blood", by=technician)
    result = enter(item("Haemoglobin"), "3", technician)
    assert (result.flag, result.range_words) == ("", "")


def test_a_range_kept_with_a_result_stays_when_the_catalogue_changes(order, item, technician, tests):
    workflow.collect(order=order, kind="blood", by=technician)
    enter(item("Random Blood Sugar"), "100", technician)
    tests[1].ranges.update(low=1, high=2)
    assert Result.objects.get().range_words == "70 to 140\u00a0mg/dl"


def test_outside_the_range_it_asks_whether_one_is_sure(order, item, technician):
    workflow.collect(order=order, kind="blood", by=technician)
    with pytest.raises(RuleBroken, match="outside 70 to 140"):
        enter(item("Random Blood Sugar"), "400", technician)
    assert enter(item("Random Blood Sugar"), "400", technician, sure=True).flag == "H"


@pytest.mark.parametrize(
    ("name", "text"), [("Random Blood Sugar", "lots"), ("Urine colour", "Blue"), ("Urine colour", " ")]
)
def test_what_is_no_result_is_refused(order, item, technician, name, text):
    for kind in ("blood", "urine"):
        workflow.collect(order=order, kind=kind, by=technician)
    with pytest.raises(RuleBroken) as refusal:
        enter(item(name), text, technician)
    assert refusal.value.field == "text"


def test_nothing_is_entered_before_it_was_taken(order, item, technician):
    with pytest.raises(RuleBroken, match="cannot be entered"):
        enter(item("Haemoglobin"), "12", technician)


def test_somebody_else_verifies(order, item, technician, second_technician):
    workflow.collect(order=order, kind="blood", by=technician)
    enter(item("Random Blood Sugar"), "100", technician)
    with pytest.raises(RuleBroken, match="Somebody else"):
        workflow.verify(item=item("Random Blood Sugar"), by=technician)
    assert workflow.verify(item=item("Random Blood Sugar"), by=second_technician).verified_by == second_technician


def test_who_is_alone_verifies_alone(order, item, technician):
    workflow.collect(order=order, kind="blood", by=technician)
    enter(item("Random Blood Sugar"), "100", technician)
    assert workflow.verify(item=item("Random Blood Sugar"), by=technician)


def test_only_what_is_verified_is_released(order, released, item, patient, doctor):
    row = released({"Random Blood Sugar": "100"})
    assert row.state == "in_lab"
    assert [result.text for result in Result.objects.of(patient)] == ["100"]
    assert "laboratory.released" in inbox(patient)
    assert "laboratory.released" in inbox(doctor)
    row = released({"Haemoglobin": "13", "Urine colour": "Yellow"})
    assert row.state == "ready"


def test_an_amended_result_keeps_the_old_one(order, released, item, technician, second_technician):
    released({"Random Blood Sugar": "100"})
    with pytest.raises(RuleBroken, match="Amend it instead"):
        enter(item("Random Blood Sugar"), "110", technician)
    with pytest.raises(RuleBroken, match="Say why it is amended"):
        workflow.amend(item=item("Random Blood Sugar"), text="110", why=" ", by=technician)
    workflow.amend(item=item("Random Blood Sugar"), text="110", why="Wrong tube", by=technician)
    assert [row.text for row in Result.objects.released()] == ["100"]
    workflow.verify(item=item("Random Blood Sugar"), by=second_technician)
    workflow.release(order=order, by=second_technician)
    assert [(row.version, row.text, row.amended_why) for row in Result.objects.released()] == [
        (1, "100", ""),
        (2, "110", "Wrong tube"),
    ]


def test_what_was_verified_may_be_entered_anew_and_is_verified_once_more(order, item, technician, second_technician):
    workflow.collect(order=order, kind="blood", by=technician)
    enter(item("Random Blood Sugar"), "100", technician)
    workflow.verify(item=item("Random Blood Sugar"), by=second_technician)
    enter(item("Random Blood Sugar"), "101", technician)
    with pytest.raises(RuleBroken, match="no verified result"):
        workflow.release(order=order, by=second_technician)
    workflow.verify(item=item("Random Blood Sugar"), by=second_technician)
    workflow.release(order=order, by=second_technician)
    assert [row.text for row in Result.objects.released()] == ["101"]


def test_results_of_a_rejected_sample_are_never_released(order, item, released, technician):
    specimen = workflow.collect(order=order, kind="blood", by=technician)
    enter(item("Random Blood Sugar"), "100", technician)
    workflow.reject(specimen=specimen, reason="Haemolysed", by=technician)
    released({"Random Blood Sugar": "90"})
    assert [row.text for row in Result.objects.released()] == ["90"]


def test_results_typed_in_together_are_saved_together_or_not_at_all(order, item, technician):
    workflow.collect(order=order, kind="blood", by=technician)
    haemoglobin, sugar = item("Haemoglobin"), item("Random Blood Sugar")
    with pytest.raises(Refused) as refused:
        workflow.enter_all(
            order=order, typed={haemoglobin.pk: {"text": "13"}, sugar.pk: {"text": "lots"}}, by=technician
        )
    assert list(refused.value.refusals) == [sugar.pk]
    assert not Result.objects.exists()
    workflow.enter_all(order=order, typed={haemoglobin.pk: {"text": "13"}, sugar.pk: {"text": "99"}}, by=technician)
    assert Result.objects.count() == 2


def test_what_somebody_else_entered_meanwhile_is_not_written_over(order, item, technician, second_technician):
    workflow.collect(order=order, kind="blood", by=technician)
    enter(item("Random Blood Sugar"), "100", technician)
    typed = {item("Random Blood Sugar").pk: {"text": "90", "had": ""}}
    with pytest.raises(Refused) as refused:
        workflow.enter_all(order=order, typed=typed, by=second_technician)
    assert "Somebody else entered 100" in str(refused.value.refusals.popitem()[1])


def test_of_a_test_whose_sample_the_catalogue_does_not_say_the_technician_says_it(order, item, technician):
    order.items.first().test.__class__.objects.filter(name="Haemoglobin").update(specimen="other")
    with pytest.raises(RuleBroken, match="Choose what was taken"):
        workflow.collect(order=order, kind="other", taken="gold", by=technician)
    assert workflow.collect(order=order, kind="other", taken="blood", by=technician).kind == "blood"
    assert item("Haemoglobin").state == "collected"


def test_who_sees_an_order(order, patient, other_patient, doctor, other_doctor, technician, hospital_admin):
    def sees(person):
        return Order.objects.visible_to(getattr(person, "user", person)).exists()

    assert [sees(person) for person in (patient, doctor, technician)] == [True, True, True]
    assert [sees(person) for person in (other_patient, other_doctor, hospital_admin)] == [False, False, False]
