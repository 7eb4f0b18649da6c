"""Between us and a provider: sending somebody there, and acting on what it says. No row is locked while it is asked."""

from django.core.cache import cache
from django.utils.translation import gettext as _

from accounts.audit import record
from billing import providers
from billing.models import Attempt
from billing.workflow.payments import fail, receive
from healthstack.lib.rules import RuleBroken

QUIET = 60  # seconds in which forged messages are written down once


def go_to_provider(*, attempt):
    """The page of the provider on which this attempt is paid. -> its address

    Raises RuleBroken when the provider does not answer: nobody was sent anywhere, so no money has moved.
    """
    try:
        address, reference = providers.provider(attempt.provider).begin(attempt)
    except (providers.Away, providers.Refused):
        sentence = _("The payment service does not answer. No money has moved. Try again, or pay at the reception.")
        raise RuleBroken(sentence) from None
    Attempt.objects.filter(pk=attempt.pk, reference=None).update(reference=reference)
    return address


def hear(*, provider, said):
    """A provider has said something, in a message that was checked: it is acted on once, or refused and written down.

    said: providers.Heard. -> Attempt, or None for what does not concern us. Raises RuleBroken for an attempt that is not here, or not
    this provider's, and for another amount or currency than were asked for.
    """
    if not said.kind:
        return None
    attempt = Attempt.objects.filter(pk=said.attempt, provider=provider).select_related("invoice").first()
    try:
        if attempt is None or attempt.reference not in (None, said.session):
            raise RuleBroken(_("No such payment was begun here."))
        if said.kind == "failed":
            return fail(attempt=attempt, error=said.error)
        facts = {"amount": said.amount, "currency": said.currency, "event": said.event}
        return receive(attempt=attempt, reference=said.reference, **facts).attempt
    except RuleBroken as refusal:
        facts = {"provider": provider, "amount": str(said.amount), "currency": said.currency[:8], "event": said.event}
        record("billing.event_refused", by=None, about=attempt, reason=str(refusal), **facts)
        raise


def note_forged(*, provider):
    """Somebody sent a message that is not the provider's. Written down once a minute: whoever floods us fills no table."""
    if cache.add("billing.forged", True, QUIET):
        record("billing.event_forged", by=None, provider=provider[:20])
