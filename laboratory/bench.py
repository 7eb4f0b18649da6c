"""What a technician's pages read: the queues, and one order from its samples to its results."""

from itertools import groupby

from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from healthstack.lib import clock, qr
from hospitals.models import Hospital
from laboratory import ranges
from laboratory.forms import CollectForm, RejectForm, ResultsForm
from laboratory.models import Item, Specimen, Test
from laboratory.workflow.results import is_alone

S = Item.State
QUEUES = {
    "collect": _("To collect"),
    "work": _("In progress"),
    "verify": _("To verify"),
    "release": _("To release"),
    "done": _("Released"),
}
STATES = {"collect": S.ORDERED, "work": S.COLLECTED, "verify": S.ENTERED, "release": S.VERIFIED}


def waiting(user):
    """[(name, words, how many orders wait there; None of those that are done)]"""
    rows = Item.objects.filter(order__hospital__in=Hospital.objects.at_lab(user).values("pk"))
    rows = rows.exclude(order__state__in=("ready", "cancelled")).order_by()
    found = dict(rows.values_list("state").annotate(n=Count("order", distinct=True)))
    return [(name, words, found.get(STATES[name], 0) if name in STATES else None) for name, words in QUEUES.items()]


def code_of(specimen):
    """The number on the label, for a reader."""
    return qr.svg(specimen.accession, scale=3)


class Bench:
    """One order on the bench. results: what was posted; collect, reject: forms that were refused."""

    def __init__(self, order, user, *, results=None, collect=None, reject=None):
        self.order, self.user, self.refused = order, user, {"collect": collect, "reject": reject}
        rows = order.items.select_related("test", "specimen").prefetch_related("test__ranges", "results__entered_by")
        self.items = list(rows)
        for item in self.items:
            item.range_words = self._range(item)
        open_ = [item for item in self.items if item.state in (S.COLLECTED, S.ENTERED, S.VERIFIED)]
        self.results = ResultsForm(results, items=open_)

    def _range(self, item):
        """The range of the patient's sex and age on the day of the sample."""
        moment = item.specimen.collected_at if item.specimen else clock.now()
        days = (clock.local(moment).date() - self.order.patient.born_on).days
        span = ranges.pick([row.span for row in item.test.ranges.all()], self.order.patient.gender, days)
        return ranges.words(span, item.test.unit)

    @property
    def to_collect(self):
        """[(kind, its word, items, form)]"""
        rows = sorted((item for item in self.items if item.state == S.ORDERED), key=lambda item: item.test.specimen)
        words, found = dict(Test.Specimen.choices), []
        for kind, part in groupby(rows, key=lambda item: item.test.specimen):
            refused = self.refused["collect"]
            form = refused if refused and refused.data.get("kind") == kind else CollectForm(initial={"kind": kind})
            found.append((kind, words[kind], list(part), form))
        return found

    @property
    def specimens(self):
        """[(specimen, the form to reject it or None)]"""
        key, refused = self.refused["reject"] or (None, None)
        found = []
        for row in self.order.specimens.select_related("collected_by", "rejected_by"):
            mine = [item for item in self.items if item.specimen_id == row.pk]
            may = row.state == Specimen.State.COLLECTED and mine and all(item.can_become(S.ORDERED) for item in mine)
            form = refused if row.pk == key else RejectForm(auto_id=f"reject_{row.pk}_%s")
            found.append((row, form if may or row.pk == key else None))
        return found

    def context(self):
        state = {name: [item for item in self.items if item.state == name] for name in S.values}
        alone = is_alone(self.order.hospital, self.user) if state[S.ENTERED] else True
        forms = [self.results, self.refused["collect"], (self.refused["reject"] or (None, None))[1]]
        return {
            "bench": self,
            "order": self.order,
            "to_verify": [(item, alone or item.now.entered_by_id != self.user.pk) for item in state[S.ENTERED]],
            "to_release": state[S.VERIFIED],
            "released": [item for item in self.items if item.released],
            "reasons": RejectForm.REASONS,
            "problems": [problem for form in forms if form and form.is_bound for problem in form.problems],
        }
