"""Providers of online payments: those of django-payments, behind the little that this house needs of one.

A provider is asked for a page on which one pays, says in signed messages what became of it, and sends money back. Its own
model is not used: what counts is `Attempt` (docs/decisions.md says why).
"""

import json
from decimal import Decimal
from types import SimpleNamespace
from typing import NamedTuple
from urllib.parse import urljoin
from uuid import UUID

import stripe
from django.conf import settings
from django.urls import reverse
from django.utils.crypto import salted_hmac
from payments import PaymentError
from payments.core import provider_factory
from payments.stripe.providers import StripeProviderV3, zero_decimal_currency

SECONDS = 10  # for an answer of the provider; a person waits for it
PAID = {"checkout.session.completed", "checkout.session.async_payment_succeeded"}
FAILED = {"checkout.session.expired": "expired", "checkout.session.async_payment_failed": "declined"}


class Away(Exception):
    """The provider gave no answer. Whether it did what was asked is not known; asking again is safe."""


class Refused(Exception):
    """The provider says no, and will say it again."""


class Forged(Exception):
    """A message that does not come from the provider, or came too late."""


class Heard(NamedTuple):
    """What a provider said in a message that was checked. kind: "paid", "failed", or "" for what does not concern us."""

    kind: str
    attempt: UUID | None = None
    amount: Decimal | None = None
    currency: str = ""
    event: str = ""
    session: str = ""  # the provider's own name for the attempt …
    reference: str = ""  # … and for the money
    error: str = ""


def offered():
    """The name of the provider through which one pays today, or "" where there is none."""
    return next(iter(settings.PAYMENT_VARIANTS), "")


def provider(name):
    """Raises Refused for one that is not set up here."""
    if name not in settings.PAYMENT_VARIANTS:
        raise Refused(name)
    return provider_factory(name)


class Stripe(StripeProviderV3):
    """Stripe's own page. What is asked twice is done once, by a key that goes with it."""

    def __init__(self, **config):
        super().__init__(use_token=False, **config)
        stripe.default_http_client = stripe.RequestsClient(timeout=SECONDS)

    def begin(self, attempt):
        """-> (the address of the page, the provider's name for the attempt). The same attempt has the same page."""
        session = _answer(self.create_session, attempt)
        return session["url"], session["id"]

    def create_session(self, attempt):
        # What one pays for is not named: the invoice's number says enough.
        order = SimpleNamespace(pk=attempt.pk, total=attempt.amount, currency=attempt.currency)
        lines = self.get_line_items(order)
        lines[0]["price_data"]["product_data"] = {"name": f"{attempt.invoice.hospital.name}, {attempt.invoice.number}"}
        lines = [{"price_data": {k: v for k, v in lines[0]["price_data"].items() if v is not None}, "quantity": 1}]
        back = urljoin(settings.SITE_URL, reverse("billing:paying", args=[attempt.pk]))
        return stripe.checkout.Session.create(
            api_key=self.api_key,
            idempotency_key=f"attempt-{attempt.pk}",
            mode="payment",
            line_items=lines,
            client_reference_id=str(attempt.pk),
            success_url=back,
            cancel_url=back,
        )

    def hear(self, request):
        """What a message says. -> Heard; raises Forged. The library compares in constant time, and refuses what is older than
        five minutes.
        """
        try:
            self.return_event_payload(request)
            return _read(json.loads(request.body))
        # The last three: a signature that is no text, a body that is signed and no event, brackets without end.
        except (PaymentError, stripe.SignatureVerificationError, ValueError, TypeError, AttributeError, RecursionError):
            raise Forged from None

    def send_back(self, back):
        """Money of one payment goes back, once. -> the provider's name for it"""
        return _answer(self._send_back, back)

    def _send_back(self, back):
        facts, intent = {"api_key": self.api_key}, back.payment.reference
        # The key is forgotten after a day; the mark on the refund is not.
        for sent in stripe.Refund.list(payment_intent=intent, limit=100, **facts)["data"]:
            if sent["metadata"] and sent["metadata"].to_dict().get("refund") == str(back.pk):
                return sent["id"]
        amount, mark = self.convert_amount(back.payment.invoice.currency, back.amount), {"refund": str(back.pk)}
        key = f"refund-{back.pk}"
        sent = stripe.Refund.create(payment_intent=intent, amount=amount, metadata=mark, idempotency_key=key, **facts)
        return sent["id"]


class Sandbox(Stripe):
    """Speaks as Stripe does, to a bank page of our own, where no money moves: so that trying it out, and testing it, goes
    the way of real money.
    """

    def __init__(self):
        secret = salted_hmac("billing.providers.Sandbox", "callbacks").hexdigest()
        super().__init__(api_key="", endpoint_secret=secret)

    def create_session(self, attempt):
        return {"id": f"sandbox-{attempt.pk}", "url": reverse("billing:bank", args=[attempt.pk])}

    def message(self, attempt, *, paid, **changes):
        """(the body, the header) of what a bank says of an attempt, signed."""
        session = {
            "object": "checkout.session",
            "id": f"sandbox-{attempt.pk}",
            "client_reference_id": str(attempt.pk),
            "amount_total": self.convert_amount(attempt.currency, attempt.amount),
            "currency": attempt.currency.lower(),
            "payment_status": "paid" if paid else "unpaid",
            "payment_intent": f"pay-{attempt.pk}",
            **changes,
        }
        kind = "completed" if paid else "async_payment_failed"
        event = {"object": "event", "id": f"evt-{attempt.pk}-{kind}", "type": f"checkout.session.{kind}"}
        body = json.dumps({**event, "data": {"object": session}})
        return body, stripe.WebhookSignature.generate_signature_header(body, self.endpoint_secret)

    def say(self, attempt, *, paid):
        """The bank's message, as it would arrive. -> Heard"""
        body, signature = self.message(attempt, paid=paid)
        return self.hear(SimpleNamespace(body=body.encode(), headers={"STRIPE_SIGNATURE": signature}))

    def _send_back(self, back):
        return f"back-{back.pk}"


def _answer(ask, *facts):
    """What the provider answers, its errors in our two words."""
    try:
        return ask(*facts)
    except (stripe.InvalidRequestError, stripe.CardError) as refusal:
        raise Refused(str(refusal.user_message or refusal.code or "refused")) from None
    except stripe.StripeError as trouble:
        raise Away(type(trouble).__name__) from None


def _read(event):
    """The few facts of an event that count, each of its own kind whatever was sent."""
    kind, session = event.get("type"), event["data"]["object"] if "data" in event else {}
    paid = kind in PAID and session.get("payment_status") == "paid"
    if not (paid or kind in FAILED):
        return Heard("")
    currency, cents = _text(session.get("currency")), session.get("amount_total")
    whole = isinstance(cents, int) and 0 <= cents < 10**14
    return Heard(
        kind="paid" if paid else "failed",
        attempt=_key(session.get("client_reference_id")),
        amount=Decimal(cents) / (1 if currency in zero_decimal_currency else 100) if whole else None,
        currency=currency.upper(),
        event=_text(event.get("id")),
        session=_text(session.get("id")),
        reference=_text(session.get("payment_intent")),
        error=FAILED.get(kind, ""),
    )


def _text(value):
    return value[:120] if isinstance(value, str) else ""


def _key(value):
    try:
        return UUID(value)
    except (ValueError, TypeError, AttributeError):
        return None
