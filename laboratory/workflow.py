"""Every act in a laboratory: order, take, reject, enter, verify, release, amend.

Lock order: the visit, the order, then its items and specimens in the order of their keys; invoices come after.
"""

import secrets

from django.utils.translation import gettext as _

from accounts.audit import record
from accounts.notify import notify
from appointments.models import Appointment
from billing import workflow as billing
from billing.lines import priced
from billing.models import Invoice
from healthstack.lib import clock
from healthstack.lib.rules import RuleBroken
from healthstack.lib.transactions import one_transaction
from hospitals.models import Staff
from laboratory import ranges
from laboratory.models import Item, Order, Price, Result, Specimen, Test
from patients import workflow as patients
from patients.models import Patient

S = Item.State
LETTERS = "23456789CFGHJKMPQRVWX"  # on a label: nothing that is read as something else
MOST_TESTS = 30


@one_transaction
def place(*, patient, hospital, tests, by, doctor=None, appointment=None, note="", request_key=None):
    """A doctor orders tests in a hospital's laboratory; what they cost is owed from now on. -> Order

    request_key: from the form; the same again gives the same order. Raises RuleBroken without tests, for one that this
    laboratory does not do, and when the doctor may not open the record (any more).
    """
    if appointment is not None:
        Appointment.objects.select_for_update().get(pk=appointment.pk)
    if request_key and (again := Order.objects.filter(request_key=request_key, ordered_by=by).first()):
        return again
    if not tests:
        raise RuleBroken(_("Choose at least one test."), field="tests")
    if len(tests) > MOST_TESTS:
        raise RuleBroken(_("Choose at most %(n)d tests.") % {"n": MOST_TESTS}, field="tests")
    if not Patient.objects.as_carer(by).filter(pk=patient.pk).exists():
        raise RuleBroken(_("You may not open this patient's record any more."))
    prices = {row.test_id: row for row in Price.objects.current().filter(hospital=hospital).select_related("test")}
    missing = [test.name for test in tests if test.pk not in prices]
    if missing:
        raise RuleBroken(_("%(tests)s: not done here.") % {"tests": ", ".join(missing)}, field="tests")
    order = Order.objects.create(
        hospital=hospital,
        patient=patient,
        doctor=doctor,
        appointment=appointment,
        invoice=_bill(patient, hospital, [prices[test.pk] for test in tests], by=by),
        note=note.strip(),
        request_key=request_key,
        ordered_at=clock.now(),
        ordered_by=by,
    )
    Item.objects.bulk_create(Item(order=order, position=n, test=test) for n, test in enumerate(tests, 1))
    record("laboratory.placed", by=by, about=order)
    _tell(order, "laboratory.placed", _("Your doctor has ordered tests for you."))
    return order


def _bill(patient, hospital, prices, *, by):
    lines = [priced(price.test.name, price.amount) for price in prices if price.amount]
    if not lines:
        return None
    kind = Invoice.Kind.TESTS
    invoice = billing.open_invoice(patient=patient, hospital=hospital, kind=kind, lines=lines, by=by)
    return billing.issue(invoice=invoice, by=by)


@one_transaction
def cancel(*, order, reason, by):
    """An order of which nothing was taken yet is called off; nothing is owed for it."""
    row = _lock(order)
    items = _items(row)
    if any(item.state not in (S.ORDERED, S.CANCELLED) for item in items) or row.state != Order.State.ORDERED:
        raise RuleBroken(_("A sample was taken already. Talk to the laboratory."))
    if not reason.strip():
        raise RuleBroken(_("Say why, so that the patient knows."), field="reason")
    for item in items:
        item.state = S.CANCELLED
    Item.objects.bulk_update(items, ["state"])
    row.state, row.reason = Order.State.CANCELLED, reason.strip()[:160]
    row.save(update_fields=["state", "reason"])
    if row.invoice_id:
        billing.cancel_charge(invoice=row.invoice, reason=_("Tests were cancelled."), by=by)
    record("laboratory.cancelled", by=by, about=row, reason=reason)
    _tell(row, "laboratory.cancelled", _("Tests that were ordered for you were cancelled."))
    return row


@one_transaction
def collect(*, order, kind, by):
    """A specimen of that kind is taken, for all tests that wait for one. -> Specimen"""
    row = _lock(order)
    waiting = [item for item in _items(row) if item.state == S.ORDERED and item.test.specimen == kind]
    if not waiting:
        raise RuleBroken(_("No test of this order waits for such a sample."))
    specimen = Specimen.objects.create(
        order=row, kind=kind, accession=_accession(), collected_at=clock.now(), collected_by=by
    )
    for item in waiting:
        item.state, item.specimen = S.COLLECTED, specimen
    Item.objects.bulk_update(waiting, ["state", "specimen"])
    _follow(row)
    record("laboratory.collected", by=by, about=row, accession=specimen.accession)
    return specimen


def _accession():
    """What stands on the label: the day, and letters that only this one has."""
    return f"{clock.today():%y%m%d}-{''.join(secrets.choice(LETTERS) for _n in range(7))}"


@one_transaction
def reject(*, specimen, reason, by):
    """A specimen cannot be used; its tests wait for another one, and the patient reads why."""
    row = _lock(specimen.order)
    specimen = Specimen.objects.select_for_update().get(pk=specimen.pk)
    items = [item for item in _items(row) if item.specimen_id == specimen.pk]
    if specimen.state == Specimen.State.REJECTED:
        raise RuleBroken(_("This sample is rejected already."))
    if not items or not all(item.can_become(S.ORDERED) for item in items):
        raise RuleBroken(_("Results of this sample are verified already. Amend them instead."))
    if not reason.strip():
        raise RuleBroken(_("Say why, so that the patient knows."), field="reason")
    specimen.state, specimen.reason = Specimen.State.REJECTED, reason.strip()[:160]
    specimen.rejected_at, specimen.rejected_by = clock.now(), by
    specimen.save(update_fields=["state", "reason", "rejected_at", "rejected_by"])
    for item in items:
        item.state, item.specimen = S.ORDERED, None
    Item.objects.bulk_update(items, ["state", "specimen"])
    _follow(row)
    record("laboratory.rejected", by=by, about=row, reason=reason)
    _tell(row, "laboratory.rejected", _("A sample has to be taken once more."))
    return specimen


@one_transaction
def enter(*, item, text, by, comment="", sure=False, why=""):
    """A result is typed in, and compared to the range for the patient's sex and age on the day of the sample. -> Result

    Before it is verified it may be typed anew. After its release it is amended: why is needed, and the old value stays.
    Raises RuleBroken for what is no result of this test, and for one outside the range unless told that one is sure.
    """
    order = _lock(item.order)
    item = Item.objects.select_for_update().select_related(None).get(pk=item.pk)
    if not item.can_become(S.ENTERED):
        raise RuleBroken(_("This result cannot be entered now: %(state)s.") % {"state": item.get_state_display()})
    last = item.results.order_by("-version").first()
    amends = last is not None and last.released_at is not None
    if amends and not why.strip():
        raise RuleBroken(_("The result is released. Say why it is amended."), field="why")
    values = _compare(item, order.patient, text)
    if ranges.Flag(values["flag"]) not in (ranges.Flag.NONE, ranges.Flag.NORMAL) and not sure:
        words = _("%(text)s lies outside %(range)s. Check it, then say that you are sure.")
        raise RuleBroken(words % {"text": text.strip(), "range": values["range_words"]}, field="sure")
    # What was typed of another sample stays as it was, unread by anybody but the laboratory.
    anew = last is None or amends or last.specimen_id != item.specimen_id
    result, _made = Result.objects.update_or_create(
        item=item,
        version=(last.version if last else 0) + anew,
        defaults={
            **values,
            "specimen": item.specimen,
            "comment": comment.strip(),
            "entered_at": clock.now(),
            "entered_by": by,
            "verified_at": None,
            "verified_by": None,
            "amended_why": why.strip()[:160] if amends else (last.amended_why if last else ""),
        },
    )
    _step(item, S.ENTERED)
    _follow(order)
    record("laboratory.amended" if amends else "laboratory.entered", by=by, about=order, reason=why)
    return result


def _compare(item, patient, text):
    """The columns of a result that follow from its text. Raises RuleBroken when it is none of this test."""
    test, text = item.test, " ".join(text.split())
    collected_at = item.specimen.collected_at
    values = {"text": text, "unit": test.unit, "collected_at": collected_at}
    blank = {"number": None, "comparator": "", "low": None, "high": None, "range_words": "", "flag": ""}
    if not text:
        raise RuleBroken(_("Enter the result."), field="text")
    if test.kind == Test.Kind.CHOICE and text not in test.choices:
        raise RuleBroken(_("Choose one of: %(choices)s") % {"choices": ", ".join(test.choices)}, field="text")
    if test.kind != Test.Kind.NUMBER:
        return {**values, **blank}
    try:
        value = ranges.read(text)
    except ValueError:
        raise RuleBroken(_("Enter a number such as 7.2 or <0.41"), field="text") from None
    days = (clock.local(collected_at).date() - patient.born_on).days
    span = ranges.pick([row.span for row in test.ranges.all()], patient.gender, days)
    return {
        **values,
        "number": value.number,
        "comparator": value.comparator,
        "low": span.low if span else None,
        "high": span.high if span else None,
        "range_words": ranges.words(span, test.unit),
        "flag": ranges.flag(value, span),
    }


@one_transaction
def verify(*, item, by):
    """Somebody looks at a result once more; somebody else than who entered it, where the laboratory has more than one."""
    order = _lock(item.order)
    item = Item.objects.select_for_update().get(pk=item.pk)
    if not item.can_become(S.VERIFIED):
        raise RuleBroken(_("There is no result to verify: %(state)s.") % {"state": item.get_state_display()})
    result = item.results.order_by("-version").first()
    if result.entered_by_id == by.pk and _has_others(order.hospital, by):
        raise RuleBroken(_("You entered this result. Somebody else verifies it."))
    result.verified_at, result.verified_by = clock.now(), by
    result.save(update_fields=["verified_at", "verified_by"])
    _step(item, S.VERIFIED)
    record("laboratory.verified", by=by, about=order)
    return result


def _has_others(hospital, by):
    staff = Staff.objects.current().filter(hospital=hospital, role=Staff.Role.TECHNICIAN, user__is_active=True)
    return staff.exclude(user=by).exists()


@one_transaction
def release(*, order, by):
    """All verified results of an order can be read by patient and doctor from now on."""
    row = _lock(order)
    items = [item for item in _items(row) if item.state == S.VERIFIED]
    if not items:
        raise RuleBroken(_("There is no verified result to release."))
    now = clock.now()
    Result.objects.filter(item__in=items, released_at=None).update(released_at=now, released_by=by)
    for item in items:
        item.state = S.RELEASED
    Item.objects.bulk_update(items, ["state"])
    _follow(row)
    record("laboratory.released", by=by, about=row, n=len(items))
    _tell(row, "laboratory.released", _("A report of yours is ready."))
    if row.doctor_id:
        text = _("A report for a patient of yours is ready.")
        notify(row.doctor.user, "laboratory.released", text, path=row.get_absolute_url())
    return row


def _lock(order):
    return Order.objects.select_for_update().get(pk=order.pk)


def _items(order):
    """The order's items with their tests, locked in the order of their keys."""
    rows = list(Item.objects.select_for_update().filter(order=order).order_by("pk"))
    tests = Test.objects.in_bulk({row.test_id for row in rows})
    for row in rows:
        row.test = tests[row.test_id]
    return rows


def _step(item, state):
    item.state = state
    item.save(update_fields=["state"])


def _follow(order):
    """The order's state follows from its items."""
    states = set(order.items.values_list("state", flat=True)) - {S.CANCELLED}
    if states <= {S.RELEASED}:
        state = Order.State.READY
    elif states & {S.ENTERED, S.VERIFIED, S.RELEASED}:
        state = Order.State.IN_LAB
    else:
        state = Order.State.COLLECTED if states == {S.COLLECTED} else Order.State.ORDERED
    order.state, order.ready_at = state, clock.now() if state == Order.State.READY else None
    order.save(update_fields=["state", "ready_at"])


def _tell(order, kind, text):
    patients.tell(patient=order.patient, kind=kind, text=text, path=order.get_absolute_url())
