"""What a provider tells us, and what others would have us believe."""

import json
import time
from decimal import Decimal as D

import pytest
import stripe
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEntry
from billing import providers, workflow
from billing.models import Attempt, Invoice, Payment, Refund

SANDBOX = "/billing/callbacks/sandbox/"


@pytest.fixture
def bank():
    return providers.provider("sandbox")


@pytest.fixture
def attempt(invoice, patient):
    row = workflow.pay(invoice=invoice, provider="sandbox", key="one click", by=patient.user)
    workflow.go_to_provider(attempt=row)
    return Attempt.objects.get()


@pytest.fixture
def tell(bank, attempt):
    """tell(paid=True, amount_total=…) is the status that the bank gets for its message."""

    def send(*, paid=True, about=None, **changes):
        return post(*bank.message(about or attempt, paid=paid, **changes))

    return send


def post(body, signature, address=SANDBOX):
    browser = Client(enforce_csrf_checks=True)
    answer = browser.post(address, body, content_type="application/json", headers={"Stripe-Signature": signature})
    assert answer.content == b""
    return answer.status_code


def state():
    return Invoice.objects.get().state


def written(code):
    return AuditEntry.objects.filter(code=code).count()


def test_a_signed_message_pays(tell, attempt, books):
    assert tell() == 200
    payment = Payment.objects.get()
    assert (payment.amount, payment.attempt, payment.reference) == (D(700), attempt, f"pay-{attempt.pk}")
    assert state() == "paid"
    assert books() == []


def test_said_twenty_times_it_pays_once(tell, books):
    assert {tell() for _ in range(20)} == {200}
    assert Payment.objects.count() == 1
    assert books() == []


def test_declined_is_told(tell):
    assert tell(paid=False) == 200
    assert Attempt.objects.get().state == "failed"
    assert state() == "issued"


def test_in_any_order_paid_wins(tell):
    assert [tell(paid=False), tell(), tell(paid=False)] == [200, 200, 200]
    assert (Attempt.objects.get().state, state()) == ("paid", "paid")


def test_completed_but_not_paid_yet_is_no_payment(tell):
    assert tell(payment_status="unpaid") == 200
    assert state() == "issued"


def test_after_the_invoice_is_void_the_money_goes_back(tell, invoice, books, django_capture_on_commit_callbacks):
    workflow.void(invoice=invoice, reason="Cancelled", by=None)
    with django_capture_on_commit_callbacks(execute=True):
        assert tell() == 200
    assert (Refund.objects.get().state, Refund.objects.get().amount) == ("done", D(700))
    assert books() == []


@pytest.mark.parametrize(
    "changes",
    [
        {"amount_total": 69999},
        {"amount_total": 70001},
        {"amount_total": 0},
        {"amount_total": -70000},
        {"amount_total": 700.0},
        {"amount_total": "70000"},
        {"amount_total": None},
        {"amount_total": 10**30},
        {"currency": "usd"},
        {"currency": "jpy", "amount_total": 700},
        {"currency": None},
        {"currency": ["inr"]},
        {"client_reference_id": "019cac61-8c40-7bf3-9a76-4789170cea92"},
        {"client_reference_id": "1"},
        {"client_reference_id": None},
        {"client_reference_id": {"pk": 1}},
        {"id": "sandbox-of-another"},
    ],
)
def test_signed_and_wrong_is_refused_and_written_down(tell, changes):
    assert tell(**changes) == 409
    assert state() == "issued"
    assert not Payment.objects.exists()
    assert written("billing.event_refused") == 1


def test_a_real_attempt_of_another_provider_is_not_the_sandbox_s(tell, invoice, patient):
    other = workflow.pay(invoice=invoice, provider="stripe", key="another click", by=patient.user)
    assert tell(about=other) == 409
    assert state() == "issued"


def signed(body, *, secret, age=0):
    return stripe.WebhookSignature.generate_signature_header(body, secret, int(time.time()) - age)


def test_forged_is_refused_and_written_down_once_a_minute(bank, attempt):
    body, signature = bank.message(attempt, paid=True)
    forgeries = [
        "",
        "t=1",
        "nonsense",
        "t=x,v1=x",
        signature[:-1] + ("0" if signature[-1] != "0" else "1"),
        signature.replace("v1=", "v0="),
        signed(body, secret="guessed"),
        signed(body, secret=""),
    ]
    assert {post(body, forgery) for forgery in forgeries} == {400}
    assert post(body.replace("70000", "1"), signature) == 400
    assert state() == "issued"
    assert written("billing.event_forged") == 1


def test_a_flood_of_forgeries_is_one_line_of_the_trail(db):
    for n in range(5):
        workflow.note_forged(provider=f"{n}" * 300)
    assert written("billing.event_forged") == 1


def test_a_signature_of_strange_letters_is_forged(attempt, bank):
    body, _signature = bank.message(attempt, paid=True)
    assert post(body, "t=1,v1=\xe9") == 400


def test_after_five_minutes_a_message_is_worth_nothing(bank, attempt):
    body, _signature = bank.message(attempt, paid=True)
    assert post(body, signed(body, secret=bank.endpoint_secret, age=301)) == 400
    assert state() == "issued"
    assert post(body, signed(body, secret=bank.endpoint_secret, age=250)) == 200
    assert state() == "paid"


@pytest.mark.parametrize(
    "body",
    [
        "",
        "null",
        "[]",
        "7",
        '"text"',
        "{}",
        "{",
        "[" * 5000,
        '{"object": "event"}',
        '{"object": "event", "type": "checkout.session.completed"}',
        '{"object": "event", "type": "checkout.session.completed", "data": 7}',
        '{"object": "event", "type": "checkout.session.completed", "data": {"object": null}}',
        '{"object": "event", "type": "checkout.session.completed", "data": {"object": []}}',
        '{"object": "event", "type": ["x"], "data": {"object": {}}}',
        '{"object": "event", "type": {"x": 1}, "data": {"object": {}}}',
        '{"object": "event", "type": "charge.refunded", "data": {"object": {"amount": 1}}}',
    ],
)
def test_signed_nonsense_breaks_nothing(bank, attempt, body):
    assert post(body, signed(body, secret=bank.endpoint_secret)) in (200, 400, 409)
    assert state() == "issued"


def test_no_other_method_and_no_other_provider(attempt):
    assert Client().get(SANDBOX).status_code == 405
    assert post("{}", "t=1,v1=x", "/billing/callbacks/stripe/") == 404
    assert post("{}", "t=1,v1=x", "/billing/callbacks/dummy/") == 404


def test_a_posted_form_that_says_paid_is_no_message(attempt):
    facts = {"status": "VALID", "tran_id": str(attempt.pk), "amount": "700.00", "currency": "INR"}
    assert Client().post(SANDBOX, facts).status_code == 400
    assert state() == "issued"


def test_neither_secret_nor_message_is_in_the_log(bank, attempt, caplog):
    body, _signature = bank.message(attempt, paid=True)
    post(body, signed(body, secret="guessed"))
    post(body, signed(body, secret=bank.endpoint_secret))
    assert bank.endpoint_secret not in caplog.text
    assert str(attempt.pk) not in caplog.text


# --- Stripe, without its network


@pytest.fixture
def real(settings, invoice, patient, monkeypatch):
    """Stripe by its keys, with what it is asked noted in `asked`."""
    from payments.core import PROVIDER_CACHE

    settings.PAYMENT_VARIANTS = {
        "stripe": ("billing.providers.Stripe", {"api_key": "sk_x", "endpoint_secret": "whsec_x"})
    }
    PROVIDER_CACHE.pop("stripe", None)
    yield providers.provider("stripe")
    PROVIDER_CACHE.pop("stripe", None)


@pytest.fixture
def asked(monkeypatch):
    calls = []

    def note(name, answer):
        def call(**facts):
            calls.append((name, facts))
            if isinstance(answer, Exception):
                raise answer
            return answer

        return call

    def answers(*, session=None, refund=None, sent=()):
        sent = stripe.ListObject.construct_from({"object": "list", "data": list(sent)}, "sk_x")
        monkeypatch.setattr(stripe.checkout.Session, "create", note("session", session))
        monkeypatch.setattr(stripe.Refund, "list", note("list", sent))
        monkeypatch.setattr(stripe.Refund, "create", note("refund", refund))
        return calls

    return answers


def begin(invoice, patient):
    return workflow.pay(invoice=invoice, provider="stripe", key="one click", by=patient.user)


def test_stripe_is_asked_for_the_amount_of_the_attempt(real, asked, invoice, patient):
    calls = asked(session={"id": "cs_1", "url": "https://checkout.stripe.example/1"})
    row = begin(invoice, patient)
    assert workflow.go_to_provider(attempt=row) == "https://checkout.stripe.example/1"
    (_name, facts), row = calls[0], Attempt.objects.get()
    price = facts["line_items"][0]["price_data"]
    assert (price["unit_amount"], price["currency"]) == (70000, "inr")
    assert price["product_data"] == {"name": f"Sahara Hospital, {invoice.number}"}
    assert (facts["client_reference_id"], facts["idempotency_key"]) == (str(row.pk), f"attempt-{row.pk}")
    assert facts["success_url"] == facts["cancel_url"] == f"http://127.0.0.1:8000/billing/paying/{row.pk}/"
    assert row.reference == "cs_1"


def test_where_stripe_does_not_answer_nobody_is_sent_anywhere(real, asked, invoice, patient, sign_in):
    asked(session=stripe.APIConnectionError("down"))
    answer = sign_in(patient).post(reverse("billing:pay", args=[invoice.pk]), {"key": "one click"})
    assert answer.status_code == 409
    assert "No money has moved" in answer.content.decode()


def test_stripe_s_message_pays(real, asked, invoice, patient):
    asked(session={"id": "cs_1", "url": "https://checkout.stripe.example/1"})
    row = begin(invoice, patient)
    workflow.go_to_provider(attempt=row)
    session = {
        "object": "checkout.session",
        "id": "cs_1",
        "client_reference_id": str(row.pk),
        "amount_total": 70000,
        "currency": "inr",
        "payment_status": "paid",
        "payment_intent": "pi_1",
    }
    event = {"object": "event", "id": "evt_1", "type": "checkout.session.completed", "data": {"object": session}}
    body = json.dumps(event)
    assert post(body, signed(body, secret="whsec_x"), "/billing/callbacks/stripe/") == 200
    assert Payment.objects.get().reference == "pi_1"
    # The sandbox's signature is worth nothing where there is no sandbox.
    assert post(body, signed(body, secret="whsec_x")) == 404


@pytest.fixture
def back(real, asked, invoice, patient):
    """A refund of a payment by Stripe, on its way."""
    row = begin(invoice, patient)
    facts = {"amount": row.amount, "currency": row.currency, "event": "evt_1", "reference": "pi_1"}
    workflow.receive(attempt=row, **facts)
    workflow.cancel_charge(invoice=invoice, reason="Cancelled in time", by=patient.user)
    return Refund.objects.get()


def test_a_refund_is_asked_for_with_its_own_key(back, asked, books):
    calls = asked(refund={"id": "re_1"})
    workflow.send_refund(refund_id=str(back.pk))
    _name, facts = calls[-1]
    assert (facts["payment_intent"], facts["amount"]) == ("pi_1", 70000)
    assert facts["idempotency_key"] == f"refund-{back.pk}"
    back.refresh_from_db()
    assert (back.state, back.reference) == ("done", "re_1")
    workflow.send_refund(refund_id=str(back.pk))
    assert [name for name, _facts in calls] == ["list", "refund"]
    assert books() == []


def test_one_that_stripe_has_sent_already_is_not_asked_for_again(back, asked):
    """The first answer was lost, and the key is forgotten after a day."""
    sent = {"object": "refund", "id": "re_old", "metadata": {"refund": str(back.pk)}}
    calls = asked(sent=[{"object": "refund", "id": "re_other", "metadata": {}}, sent])
    workflow.send_refund(refund_id=str(back.pk))
    assert [name for name, _facts in calls] == ["list"]
    back.refresh_from_db()
    assert (back.state, back.reference) == ("done", "re_old")


def test_without_an_answer_it_stays_on_its_way_and_tick_asks_again(back, asked, at):
    asked(refund=stripe.APIConnectionError("down"))
    workflow.send_refund(refund_id=str(back.pk))
    back.refresh_from_db()
    assert back.state == "pending"
    calls = asked(refund={"id": "re_1"})
    calls.clear()
    workflow.send_refunds()
    assert not calls, "the task that was just begun is left in peace"
    at(back.at + workflow.refunds.PATIENCE * 2)
    workflow.send_refunds()
    back.refresh_from_db()
    assert back.state == "done"


def test_what_stripe_refuses_is_owed_back_and_the_desk_sends_it_again(
    back, asked, sign_in, receptionist, books, django_capture_on_commit_callbacks
):
    from tests.security.walk import form_in

    asked(refund=stripe.InvalidRequestError("Account closed", None, code="account_closed"))
    workflow.send_refund(refund_id=str(back.pk))
    back.refresh_from_db()
    assert (back.state, Invoice.objects.get().owed_back) == ("failed", D(700))
    asked(refund={"id": "re_2"})
    browser = sign_in(receptionist)
    page = browser.get(back.payment.invoice.get_absolute_url())
    assert "Could not be sent back" in page.content.decode()
    address = reverse("billing:refund", args=[back.payment_id])
    fields = form_in(page, address)["fields"]
    with django_capture_on_commit_callbacks(execute=True):
        assert "is on its way back" in browser.post(address, fields, follow=True).content.decode()
    assert Refund.objects.exclude(pk=back.pk).get().state == "done"
    assert books() == []
