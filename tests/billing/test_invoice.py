"""From a draft to paid, and back."""

from decimal import Decimal as D

import pytest

from billing import workflow
from billing.lines import priced
from billing.models import Invoice, Payment
from healthstack.lib.rules import RuleBroken
from tests.factories import inbox, trail


def fresh(invoice):
    return Invoice.objects.get(pk=invoice.pk)


def test_a_draft_is_owed_by_nobody(draft, patient, books):
    assert (draft.state, draft.number, draft.total) == ("draft", "", D("700.00"))
    assert not Invoice.objects.as_patient(patient.user).exists()
    assert books() == []


def test_an_issued_one_has_a_number_and_a_day(monday_morning, draft, patient, books):
    row = workflow.issue(invoice=draft, by=None)
    assert (row.state, row.number) == ("issued", "INV-2026-000001")
    assert str(row.due_on) == "2026-03-16"
    assert Invoice.objects.as_patient(patient.user).get() == row
    assert trail(row) == ["billing.issued", "billing.opened"]
    assert books() == []


def test_it_is_issued_once(invoice):
    with pytest.raises(RuleBroken, match="issued already"):
        workflow.issue(invoice=invoice, by=None)


def test_numbers_run_by_hospital_and_year(at, patient, hospital, other_hospital):
    def number(hospital):
        lines = [priced("Visit", 10)]
        row = workflow.open_invoice(patient=patient, hospital=hospital, kind="visit", lines=lines, by=None)
        return workflow.issue(invoice=row, by=None).number

    at("2026-12-31 23:50")
    assert [number(hospital), number(hospital), number(other_hospital)] == [
        "INV-2026-000001",
        "INV-2026-000002",
        "INV-2026-000001",
    ]
    at("2027-01-01 00:10")
    assert number(hospital) == "INV-2027-000001"


def test_cash_gives_change_and_a_receipt(invoice, pay, patient, books):
    payment = pay(invoice, tendered=D(1000))
    row = fresh(invoice)
    assert (row.state, row.paid, row.due) == ("paid", D(700), D(0))
    assert (payment.change, payment.number[:4]) == (D(300), "RCP-")
    assert "billing.paid" in inbox(patient)
    assert books() == []


def test_a_part_may_be_paid(invoice, pay, books):
    pay(invoice, 200)
    assert (fresh(invoice).state, fresh(invoice).due) == ("part_paid", D(500))
    pay(invoice, 500, method="card", reference="4711")
    assert fresh(invoice).is_paid
    assert books() == []


@pytest.mark.parametrize(
    ("amount", "facts", "words"),
    [
        (0, {}, "above zero"),
        (-5, {}, "above zero"),
        ("700.01", {}, "not more than is due"),
        (700, {"tendered": D(500)}, "less than"),
        (700, {"method": "upi"}, "reference"),
        (700, {"method": "card", "reference": "  "}, "reference"),
    ],
)
def test_what_makes_no_sense_at_the_desk_is_refused(invoice, pay, amount, facts, words):
    with pytest.raises(RuleBroken, match=words):
        pay(invoice, amount, **facts)
    assert not Payment.objects.exists()


def test_a_second_click_pays_once(invoice, pay):
    assert pay(invoice, 300, key="one click") == pay(invoice, 300, key="one click")
    assert fresh(invoice).paid == D(300)


def test_nothing_more_is_taken_once_it_is_paid(invoice, pay):
    pay(invoice)
    with pytest.raises(RuleBroken, match="Nothing is due"):
        pay(invoice, 1)


def test_a_discount_is_a_credit_note_with_a_reason(invoice, pay, hospital_admin, books):
    note = workflow.credit(invoice=invoice, amount=D(100), reason="Colleague", by=hospital_admin)
    assert note.number[:4] == "CRN-"
    assert (fresh(invoice).due, fresh(invoice).state) == (D(600), "issued")
    pay(invoice)
    assert fresh(invoice).is_paid
    assert books() == []
    with pytest.raises(RuleBroken, match="Say why"):
        workflow.credit(invoice=invoice, amount=D(1), reason=" ", by=hospital_admin)


def test_credit_notes_take_back_tax_to_the_last_cent(patient, hospital, books):
    lines = [priced("Tests", D("99.99"), tax_rate=D("12.5"))]
    row = workflow.open_invoice(patient=patient, hospital=hospital, kind="tests", lines=lines, by=None)
    workflow.issue(invoice=row, by=None)
    for amount in ("33.33", "0.01", "40.00"):
        workflow.credit(invoice=row, amount=D(amount), reason="Mistake", by=None)
    workflow.void(invoice=row, reason="Mistake", by=None)
    row = fresh(row)
    assert (row.state, row.due) == ("void", D(0))
    assert sum(note.tax for note in row.credit_notes.all()) == row.tax
    assert books() == []


def test_void_leaves_a_draft_without_a_number(draft, books):
    assert workflow.void(invoice=draft, reason="Not needed", by=None).state == "void"
    assert fresh(draft).number == ""
    assert books() == []


def test_money_goes_back_only_when_it_is_not_owed_any_more(invoice, pay, receptionist, patient, books):
    payment = pay(invoice)
    back = {"payment": payment, "reason": "Did not take place", "by": receptionist}
    with pytest.raises(RuleBroken, match="Take it off the invoice first"):
        workflow.refund(amount=D(700), key="a", **back)
    row = workflow.cancel_charge(invoice=invoice, reason="Did not take place", by=receptionist)
    assert (row.state, row.owed_back) == ("void", D(700))
    with pytest.raises(RuleBroken):
        workflow.refund(amount=D("700.01"), key="b", **back)
    assert workflow.refund(amount=D(700), key="c", **back) == workflow.refund(amount=D(700), key="c", **back)
    assert (fresh(invoice).owed_back, fresh(invoice).paid) == (D(0), D(0))
    assert "billing.refunded" in inbox(patient)
    assert books() == []


def test_a_refund_never_passes_its_payment(invoice, pay, receptionist, books):
    first, _second = pay(invoice, 200), pay(invoice, 500)
    workflow.void(invoice=invoice, reason="Mistake", by=None)
    with pytest.raises(RuleBroken):
        workflow.refund(payment=first, amount=D(201), reason="Mistake", key="a", by=receptionist)
    workflow.refund(payment=first, amount=D(200), reason="Mistake", key="b", by=receptionist)
    assert fresh(invoice).owed_back == D(500)
    assert books() == []
