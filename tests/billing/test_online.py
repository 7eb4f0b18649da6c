"""Paying online: only what the provider said, once, for the amount that was asked."""

from decimal import Decimal as D

import pytest

from billing import workflow
from billing.models import Invoice, Payment, Refund
from healthstack.lib.rules import RuleBroken


@pytest.fixture
def attempt(invoice, patient):
    return workflow.pay(invoice=invoice, provider="sandbox", key="one click", by=patient.user)


def hear(attempt, event="evt-1", **facts):
    facts = {"amount": attempt.amount, "currency": attempt.currency, **facts}
    return workflow.receive(attempt=attempt, event=event, **facts)


def state_of(invoice):
    return Invoice.objects.get(pk=invoice.pk).state


def test_beginning_to_pay_pays_nothing(invoice, attempt):
    assert state_of(invoice) == "issued"
    assert not Payment.objects.exists()


def test_a_second_click_is_the_same_attempt(invoice, attempt, patient):
    again = workflow.pay(invoice=invoice, provider="sandbox", key="one click", by=patient.user)
    assert again == attempt


def test_the_provider_s_word_pays(invoice, attempt, books):
    payment = hear(attempt)
    assert (payment.method, payment.amount) == ("online", D(700))
    assert state_of(invoice) == "paid"
    assert books() == []


def test_said_again_it_changes_nothing(invoice, attempt, books):
    assert hear(attempt) == hear(attempt) == hear(attempt, event="evt-2")
    assert Payment.objects.count() == 1
    assert books() == []


@pytest.mark.parametrize("facts", [{"amount": D(7)}, {"amount": D("700.01")}, {"currency": "USD"}])
def test_another_amount_or_currency_is_refused(invoice, attempt, facts):
    with pytest.raises(RuleBroken, match="not the one"):
        hear(attempt, **facts)
    assert state_of(invoice) == "issued"


def test_failed_after_paid_is_not_believed(invoice, attempt):
    hear(attempt)
    workflow.fail(attempt=attempt, error="card declined")
    assert state_of(invoice) == "paid"


def test_paid_after_failed_is(invoice, attempt, books):
    workflow.fail(attempt=attempt, error="card declined")
    hear(attempt)
    assert state_of(invoice) == "paid"
    assert books() == []


def test_money_for_a_void_invoice_is_booked_and_goes_back(invoice, attempt, books):
    workflow.void(invoice=invoice, reason="Cancelled", by=None)
    hear(attempt)
    back = Refund.objects.get()
    assert (back.amount, back.state) == (D(700), "pending")
    assert Invoice.objects.get().owed_back == D(0)
    assert books() == []


def test_what_was_paid_twice_goes_back_once(invoice, attempt, patient, pay, books):
    pay(invoice)
    hear(attempt)
    assert Refund.objects.get().amount == D(700)
    assert state_of(invoice) == "paid"
    assert books() == []


def test_a_cancelled_charge_sends_online_money_back(invoice, attempt, patient, books):
    hear(attempt)
    workflow.cancel_charge(invoice=invoice, reason="Cancelled in time", by=patient.user)
    workflow.cancel_charge(invoice=invoice, reason="Cancelled in time", by=patient.user)
    back = Refund.objects.get()
    workflow.finish_refund(refund=back, reference="re_1")
    assert Refund.objects.get().state == "done"
    assert state_of(invoice) == "void"
    assert books() == []


def test_a_refund_that_failed_is_owed_back_again(invoice, attempt, patient, books):
    hear(attempt)
    workflow.cancel_charge(invoice=invoice, reason="Cancelled in time", by=patient.user)
    workflow.finish_refund(refund=Refund.objects.get(), error="account closed")
    workflow.finish_refund(refund=Refund.objects.get(), reference="late")
    assert Invoice.objects.get().owed_back == D(700)
    assert Refund.objects.get().state == "failed"
    assert books() == []
