"""Numbers without a gap, one payment for twenty callbacks, and books that agree after a crowd was at the desk."""

import random
from collections import Counter
from contextlib import suppress
from decimal import Decimal
from http.client import HTTPConnection

import pytest
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.db import connection, transaction

from accounts.models import AuditEntry
from billing import ledger, providers, workflow
from billing.lines import priced
from billing.models import Invoice, Payment, Refund, Series
from billing.workflow import books
from healthstack.lib.rules import RuleBroken
from healthstack.lib.transactions import one_transaction
from tests.concurrency.race import at_once, sort_out
from tests.concurrency.test_http import Server

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
THREADS, EACH = 25, 10


class ChangedMyMind(Exception):
    """What a seller may meet after the number was taken."""


def open_one(patient, hospital, amount=700):
    lines = [priced("Visit", amount, tax_rate=5)]
    return workflow.open_invoice(patient=patient, hospital=hospital, kind="visit", lines=lines, by=None)


@one_transaction
def issue_and_regret(draft):
    workflow.issue(invoice=draft, by=None)
    raise ChangedMyMind


def issue_many(drafts, seed):
    """Issues all of them; every seventh or so is rolled back at the last moment, and issued again. -> how often that was"""
    pick, back = random.Random(seed), 0
    for draft in drafts:
        if pick.random() < 1 / 7:
            back += 1
            with suppress(ChangedMyMind):
                issue_and_regret(draft)
        workflow.issue(invoice=draft, by=None)
    return back


def sell(patient, hospital):
    with transaction.atomic():
        return [open_one(patient, hospital) for _ in range(EACH)]


def test_two_hundred_and_fifty_number_without_a_gap(patient, hospital):
    drafts = [sell(patient, hospital) for _ in range(THREADS)]
    done, refused = sort_out(at_once([lambda d=d, n=n: issue_many(d, n) for n, d in enumerate(drafts)]))
    assert not refused
    assert sum(done) > 10
    numbers = sorted(Invoice.objects.values_list("sequence", flat=True))
    assert numbers == list(range(1, THREADS * EACH + 1))
    assert list(ledger.faults()) == []


def test_the_control_without_the_lock_numbers_collide(patient, hospital, monkeypatch):
    if connection.vendor == "sqlite":
        pytest.skip("SQLite has one writer at a time (BEGIN IMMEDIATE), which hides what the control wants to show.")
    workflow.open_books(hospital=hospital)
    unlocked = type("Unlocked", (), {"__getattr__": lambda self, name: getattr(Series.objects, name)})()
    unlocked.select_for_update = lambda: Series.objects.all()
    monkeypatch.setattr(books, "Series", type("S", (), {"objects": unlocked, "Kind": Series.Kind}))
    drafts = [sell(patient, hospital) for _ in range(THREADS)]
    results = at_once([lambda d=d: [workflow.issue(invoice=row, by=None) for row in d] for d in drafts])
    assert [result for result in results if isinstance(result, Exception)], "no two ever took the same number"


def test_twenty_callbacks_are_one_payment(patient, hospital):
    invoice = workflow.issue(invoice=open_one(patient, hospital), by=None)
    attempt = workflow.pay(invoice=invoice, provider="sandbox", key="one click", by=patient.user)
    facts = {"attempt": attempt, "amount": attempt.amount, "currency": attempt.currency, "event": "evt"}
    done, refused = sort_out(at_once([lambda: workflow.receive(**facts)] * 20))
    assert not refused
    assert len({payment.pk for payment in done}) == Payment.objects.count() == 1
    assert Invoice.objects.get().state == "paid"
    assert list(ledger.faults()) == []


@pytest.fixture
def server():
    thread = Server("127.0.0.1", StaticFilesHandler)
    thread.start()
    thread.is_ready.wait()
    yield thread
    thread.terminate()


def test_twenty_callbacks_at_once_over_http_are_one_payment(server, patient, hospital):
    """In among them come some that are forged, some of another amount, and some that say it failed."""
    invoice = workflow.issue(invoice=open_one(patient, hospital), by=None)
    attempt = workflow.pay(invoice=invoice, provider="sandbox", key="one click", by=patient.user)
    bank = providers.provider("sandbox")

    def post(body, signature):
        line = HTTPConnection(f"{server.host}:{server.port}", timeout=60)
        headers = {"Stripe-Signature": signature, "Content-Type": "application/json"}
        line.request("POST", "/billing/callbacks/sandbox/", body, headers)
        status = line.getresponse().status
        line.close()
        return status

    paid, failed = bank.message(attempt, paid=True), bank.message(attempt, paid=False)
    cheap, forged = bank.message(attempt, paid=True, amount_total=1), (paid[0], paid[1][:-4] + "0000")
    messages = [paid] * 20 + [failed, cheap, forged] * 3
    random.Random(7).shuffle(messages)
    answers = at_once([lambda m=m: post(*m) for m in messages])
    assert Counter(answers) == {200: 23, 409: 3, 400: 3}
    assert Payment.objects.count() == 1
    assert Invoice.objects.get().state == "paid"
    assert AuditEntry.objects.filter(code="billing.paid").count() == 1
    assert list(ledger.faults()) == []


def test_a_double_click_at_twenty_desks_pays_once(patient, hospital, receptionist):
    invoice = workflow.issue(invoice=open_one(patient, hospital), by=None)
    facts = {"invoice": invoice, "method": "cash", "amount": Decimal("735.00"), "by": receptionist}
    sort_out(at_once([lambda: workflow.pay_at_desk(key="one click", **facts)] * 10))
    assert Payment.objects.count() == 1
    results = at_once([lambda n=n: workflow.pay_at_desk(key=f"click {n}", **facts) for n in range(10)])
    assert all(isinstance(result, RuleBroken) for result in results)


def test_money_goes_back_once_whoever_clicks(patient, hospital, receptionist):
    invoice = workflow.issue(invoice=open_one(patient, hospital), by=None)
    total = Decimal("735.00")
    payment = workflow.pay_at_desk(invoice=invoice, method="cash", amount=total, key="k", by=receptionist)
    workflow.void(invoice=invoice, reason="Cancelled", by=None)
    facts = {"payment": payment, "amount": total, "reason": "Cancelled", "by": receptionist}
    done, refused = sort_out(at_once([lambda n=n: workflow.refund(key=f"k{n}", **facts) for n in range(20)]))
    assert (len(done), len(refused), Refund.objects.count()) == (1, 19, 1)
    assert list(ledger.faults()) == []


def test_a_crowd_pays_cancels_and_takes_off_at_once(patient, hospital, receptionist):
    rows = [workflow.issue(invoice=open_one(patient, hospital, 100 + n), by=None) for n in range(12)]

    def go(seed):
        pick = random.Random(seed)
        for _ in range(15):
            row = Invoice.objects.get(pk=pick.choice(rows).pk)
            act = pick.randrange(4)
            try:
                if act < 2:
                    amount = Decimal(pick.randrange(1, 60))
                    key = f"{seed}-{pick.random()}"
                    workflow.pay_at_desk(invoice=row, method="cash", amount=amount, key=key, by=receptionist)
                elif act == 2:
                    workflow.credit(invoice=row, amount=Decimal(pick.randrange(1, 30)), reason="Friend", by=None)
                elif payment := row.payments.order_by("?").first():
                    workflow.cancel_charge(invoice=row, reason="Cancelled", by=receptionist)
                    key = f"back {seed}-{pick.random()}"
                    workflow.refund(payment=payment, amount=Decimal(5), reason="Part", key=key, by=receptionist)
            except RuleBroken:
                pass

    sort_out(at_once([lambda n=n: go(n) for n in range(12)]))
    assert Payment.objects.count() > 10
    assert list(ledger.faults()) == []
