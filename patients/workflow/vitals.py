"""Vital signs are written down."""

from datetime import timedelta

from django.utils.translation import gettext as _

from accounts.audit import record
from healthstack.lib import clock
from healthstack.lib.rules import RuleBroken
from healthstack.lib.transactions import one_transaction
from patients import vitals
from patients.models import Observation
from patients.workflow.entries import may_write, written

ANYWAY = "anyway"  # offered with what is asked about once
A_SLOW_CLOCK = timedelta(minutes=2)  # of the device on which somebody types


@one_transaction
def take_vitals(*, patient, values, taken_at, by, anyway=False):
    """What was measured at one moment: {measure: number}. -> [Observation]

    Raises RuleBroken for what nobody can have; for what is unusual as well, with ANYWAY among the offers, unless `anyway`.
    """
    patient = may_write(patient, by)
    _check(patient, values, taken_at)
    odd = vitals.unusual(values)
    if odd and not anyway:
        words = ", ".join(f"{vitals.MEASURES[name].name} {vitals.plain(values[name])}" for name in odd)
        raise RuleBroken(_("Is this right? %(values)s.") % {"values": words}, field=odd[0], offers=[ANYWAY])
    lines = vitals.lines(values)
    there = Observation.objects.of(patient).current().filter(taken_at=taken_at)
    for row in there.filter(kind__in=[kind for kind, _value, _second in lines])[:1]:
        words = _("%(what)s is written down for this time already.")
        raise RuleBroken(words % {"what": row.get_kind_display()})
    facts = written(patient, by)
    rows = [Observation(**facts, kind=k, value=value, second=low, taken_at=taken_at) for k, value, low in lines]
    Observation.objects.bulk_create(rows)
    record("patients.vitals_taken", by=by, about=patient, lines=len(rows))
    return rows


def _check(patient, values, taken_at):
    if not values:
        raise RuleBroken(_("Enter at least one value."))
    for name, value in values.items():
        if sentence := vitals.refusal(name, value):
            raise RuleBroken(sentence, field=name)
    upper, lower = (values.get(name) for name in vitals.PAIR)
    if (upper is None) != (lower is None):
        raise RuleBroken(_("Enter both numbers of the blood pressure"), field=vitals.PAIR[0 if upper is None else 1])
    if upper is not None and lower >= upper:
        raise RuleBroken(_("The lower number must be below the upper one"), field="diastolic")
    if taken_at > clock.now() + A_SLOW_CLOCK:
        raise RuleBroken(_("It cannot be measured in the future"), field="day")
    if clock.local(taken_at).date() < patient.born_on:
        raise RuleBroken(_("It cannot be measured before the birth"), field="day")
