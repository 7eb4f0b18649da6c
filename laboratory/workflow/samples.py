"""Samples are taken, and rejected where they cannot be used."""

import secrets

from django.utils.translation import gettext as _

from accounts.audit import record
from healthstack.lib import clock
from healthstack.lib.rules import RuleBroken
from healthstack.lib.transactions import one_transaction
from laboratory.models import Item, Specimen, Test
from laboratory.workflow.steps import S, follow, items_of, lock, tell

LETTERS = "23456789CFGHJKMPQRVWX"  # on a label: nothing that is read as something else


@one_transaction
def collect(*, order, kind, by, taken=""):
    """A specimen of that kind is taken, for all tests that wait for one. -> Specimen

    taken: what it is, for tests whose kind the catalogue does not say.
    """
    if taken and (kind != Test.Specimen.OTHER or taken not in Test.Specimen.values):
        raise RuleBroken(_("Choose what was taken."))
    row = lock(order)
    waiting = [item for item in items_of(row) if item.state == S.ORDERED and item.test.specimen == kind]
    if not waiting:
        raise RuleBroken(_("No test of this order waits for such a sample."))
    specimen = Specimen.objects.create(
        order=row, kind=taken or kind, accession=_accession(), collected_at=clock.now(), collected_by=by
    )
    for item in waiting:
        item.state, item.specimen = S.COLLECTED, specimen
    Item.objects.bulk_update(waiting, ["state", "specimen"])
    follow(row)
    record("laboratory.collected", by=by, about=row, accession=specimen.accession)
    return specimen


def _accession():
    """What stands on the label: the day, and letters that only this one has."""
    return f"{clock.today():%y%m%d}-{''.join(secrets.choice(LETTERS) for _n in range(7))}"


@one_transaction
def reject(*, specimen, reason, by):
    """A specimen cannot be used; its tests wait for another one, and the patient reads why."""
    row = lock(specimen.order)
    specimen = Specimen.objects.select_for_update().get(pk=specimen.pk)
    items = [item for item in items_of(row) if item.specimen_id == specimen.pk]
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
    follow(row)
    record("laboratory.rejected", by=by, about=row, reason=reason)
    tell(row, "laboratory.rejected", _("A sample has to be taken once more."))
    return specimen
