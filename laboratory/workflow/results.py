"""Results are entered, verified by somebody else, released, and amended."""

from django.utils.translation import gettext as _

from accounts.audit import record
from accounts.notify import notify
from healthstack.lib import clock
from healthstack.lib.rules import RuleBroken
from healthstack.lib.transactions import one_transaction
from hospitals.models import Staff
from laboratory import ranges
from laboratory.models import Item, Result, Test
from laboratory.workflow.steps import S, follow, items_of, lock, step, tell


class Refused(RuleBroken):
    """Some of the results that were typed in together are none. refusals: {item's key: RuleBroken}"""

    def __init__(self, refusals):
        super().__init__(_("Nothing is saved yet. Look at the marked results."))
        self.refusals = refusals


@one_transaction
def enter_all(*, order, typed, by):
    """Results of one order are typed in together: all are saved, or none. typed: {item's key: what `enter` takes}

    "had" among it: the text that the person saw before. Raises Refused with the refusal of each.
    """
    lock(order)
    refusals = {}
    for item in Item.objects.filter(order=order, pk__in=typed).select_related("order", "test", "specimen"):
        try:
            _enter(item, by=by, **typed[item.pk])
        except RuleBroken as refusal:
            refusals[item.pk] = refusal
    if refusals:
        raise Refused(refusals)
    return order


@one_transaction
def enter(*, item, text, by, comment="", sure=False):
    """A result is typed in, and compared to the range for the patient's sex and age on the day of the sample. -> Result

    Before it is released it may be typed anew, and is verified once more. Raises RuleBroken for what is no result of this test, for one outside
    the range unless told that one is sure, and for one that is released: that is amended.
    """
    return _enter(item, by=by, text=text, comment=comment, sure=sure)


@one_transaction
def amend(*, item, text, why, by, comment="", sure=False):
    """A released result was wrong: a new one is entered, to be verified and released; the old one stays. -> Result"""
    if not why.strip():
        raise RuleBroken(_("Say why it is amended."), field="why")
    return _enter(item, by=by, text=text, comment=comment, sure=sure, why=why)


def _enter(item, *, text, by, comment="", sure=False, why="", had=None):
    order = lock(item.order)
    item = Item.objects.select_for_update().select_related(None).get(pk=item.pk)
    last = item.results.order_by("-version").first()
    if had is not None and had != (last.text if last and last.specimen_id == item.specimen_id else ""):
        raise RuleBroken(
            _("Somebody else entered %(text)s meanwhile.") % {"text": last.text if last else ""}, field="text"
        )
    if item.state == S.RELEASED and not why:
        raise RuleBroken(_("The result is released. Amend it instead."), field="text")
    if why and last.released_at is None:
        raise RuleBroken(_("This result is not released. Enter it anew instead."))
    if not item.can_become(S.ENTERED):
        raise RuleBroken(_("This result cannot be entered now: %(state)s.") % {"state": item.get_state_display()})
    values = _compare(item, order.patient, text)
    if ranges.Flag(values["flag"]) not in (ranges.Flag.NONE, ranges.Flag.NORMAL) and not sure:
        words = _("%(text)s lies outside %(range)s. Check it, then say that you are sure.")
        raise RuleBroken(words % {"text": text.strip(), "range": values["range_words"]}, field="sure")
    # What was verified, or typed of another sample, stays as it was, unread by anybody but the laboratory.
    anew = last is None or last.verified_at is not None or last.specimen_id != item.specimen_id
    kept_why = last.amended_why if last and last.released_at is None else ""
    result, _made = Result.objects.update_or_create(
        item=item,
        version=(last.version if last else 0) + anew,
        defaults={
            **values,
            "specimen": item.specimen,
            "comment": comment.strip(),
            "entered_at": clock.now(),
            "entered_by": by,
            "amended_why": why.strip()[:160] or kept_why,
        },
    )
    step(item, S.ENTERED)
    follow(order)
    record("laboratory.amended" if why else "laboratory.entered", by=by, about=order, reason=why)
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
    order = lock(item.order)
    item = Item.objects.select_for_update().get(pk=item.pk)
    if not item.can_become(S.VERIFIED):
        raise RuleBroken(_("There is no result to verify: %(state)s.") % {"state": item.get_state_display()})
    result = item.results.order_by("-version").first()
    if result.entered_by_id == by.pk and not is_alone(order.hospital, by):
        raise RuleBroken(_("You entered this result. Somebody else verifies it."))
    result.verified_at, result.verified_by = clock.now(), by
    result.save(update_fields=["verified_at", "verified_by"])
    step(item, S.VERIFIED)
    record("laboratory.verified", by=by, about=order)
    return result


def is_alone(hospital, user):
    """Whether nobody else works in that laboratory today."""
    staff = Staff.objects.current().filter(hospital=hospital, role=Staff.Role.TECHNICIAN, user__is_active=True)
    return not staff.exclude(user=user).exists()


@one_transaction
def release(*, order, by):
    """All verified results of an order can be read by patient and doctor from now on."""
    row = lock(order)
    items = [item for item in items_of(row) if item.state == S.VERIFIED]
    if not items:
        raise RuleBroken(_("There is no verified result to release."))
    latest = {result.item_id: result.pk for result in Result.objects.filter(item__in=items).order_by("version")}
    Result.objects.filter(pk__in=latest.values()).update(released_at=clock.now(), released_by=by)
    for item in items:
        item.state = S.RELEASED
    Item.objects.bulk_update(items, ["state"])
    follow(row)
    record("laboratory.released", by=by, about=row, n=len(items))
    tell(row, "laboratory.released", _("A report of yours is ready."))
    if row.doctor_id:
        text = _("A report for a patient of yours is ready.")
        notify(row.doctor.user, "laboratory.released", text, path=row.get_absolute_url())
    return row
