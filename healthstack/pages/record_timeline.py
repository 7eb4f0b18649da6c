"""One timeline of care: what happened to a patient, from all floors, the newest first.

Each source gives the same columns, so that all of them are one statement, paged by key. A part that joins adds a line to
SOURCES, and one function that says how its row reads.
"""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.contrib.auth.decorators import permission_required
from django.db.models import CharField, F, Func, Value
from django.db.models.functions import Cast, Coalesce, Substr
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _later
from django.views.decorators.http import require_safe

from appointments.models import Appointment, Note
from billing.models import Invoice
from healthstack.lib.money import shown as money_shown
from healthstack.lib.paging import page_of_many
from hospitals.models import VisitType
from laboratory.models import Order
from patients import vitals
from patients.models import Condition, Document, Immunization, Observation, Patient
from patients.workflow import open_record
from prescriptions.models import Prescription

SIZE = 20
NOTHING = Value("", output_field=CharField())


@dataclass(frozen=True)
class Source:
    """rows(patient): a QuerySet. columns: where the moment and the words come from. line(row): what is read of it."""

    name: str
    word: object
    one: object
    icon: str
    rows: Callable
    columns: dict
    line: Callable
    entry: bool = False  # a line of the record itself: it can be marked as wrong
    own: bool = False  # for the patient, not for doctors

    def values(self, patient):
        columns = {"a": NOTHING, "b": NOTHING, "c": NOTHING, "who": NOTHING, "wrong": NOTHING, "said": Value(0)}
        if self.entry:
            columns |= {"wrong": F("wrong_reason"), "said": _flag()}
        columns |= self.columns
        moment, source = columns.pop("moment"), Value(self.name, output_field=CharField())
        columns |= {name: Words(columns[name]) for name in ("a", "b", "c", "who", "wrong")}
        return self.rows(patient).values("id", source=Words(source), moment=F(moment), **columns)


class Words(Func):
    """A text as all sources give it: MariaDB unites no texts that it would compare by different rules."""

    template = "%(expressions)s"
    output_field = CharField()

    def as_mysql(self, compiler, connection, **context):
        template = "CAST(%(expressions)s AS CHAR CHARACTER SET utf8mb4) COLLATE utf8mb4_bin"
        return self.as_sql(compiler, connection, template=template, **context)


def _flag():
    return Cast("is_confirmed", output_field=Value(0).output_field)


def _text(name):
    return Cast(name, output_field=CharField())


def _visit(row):
    state = dict(Appointment.State.choices).get(row["c"], "")
    return dict(VisitType.choices).get(row["b"], ""), f"Dr {row['a']}, {state}", reverse("visit", args=[row["id"]])


def _prescription(row):
    words = f"Dr {row['b']}"
    if row["c"] != Prescription.State.SIGNED:
        words += f", {dict(Prescription.State.choices)[row['c']]}"
    return row["a"], words, reverse("prescriptions:detail", args=[row["id"]])


def _note(row):
    return f"Dr {row['b']}", row["a"], reverse("appointments:note", args=[UUID(row["c"])])


def _observation(row):
    kind = vitals.KINDS[row["a"]]
    value, second = (Decimal(row[name]) if row[name] else None for name in ("b", "c"))
    return f"{kind.name} {vitals.shown(value, second)} {kind.unit}", "", ""


def _condition(row):
    return row["a"], dict(Condition.Status.choices)[row["b"]], ""


def _immunization(row):
    return row["a"], _("dose %(n)s") % {"n": row["b"]} if row["b"] else "", ""


def _document(row):
    return row["a"], dict(Document.Kind.choices)[row["b"]], reverse("patients:document", args=[row["id"]])


def _report(row):
    return row["a"], dict(Order.State.choices)[row["b"]], reverse("laboratory:report", args=[row["id"]])


def _invoice(row):
    words = f"{money_shown(Decimal(row['b']))}, {dict(Invoice.State.choices)[row['c']]}"
    number = Invoice(year=int(row["a"]), sequence=int(row["who"])).number
    return number, words, reverse("billing:detail", args=[row["id"]])


def _of(model):
    return lambda patient: model.objects.filter(patient=patient)


TOOK_PLACE = ("completed", "in_consultation", "no_show", "cancelled")
DOCTOR = {"who": _text("doctor__user_id")}
SOURCES = (
    Source(
        "visit",
        _later("Visits"),
        _later("Visit"),
        "cal",
        lambda patient: Appointment.objects.filter(patient=patient, state__in=TOOK_PLACE),
        {"moment": "starts_at", "a": F("doctor__user__name"), "b": F("visit_type"), "c": F("state"), **DOCTOR},
        _visit,
    ),
    Source(
        "note",
        _later("Notes"),
        _later("Note"),
        "file",
        lambda patient: Note.objects.signed().filter(patient=patient),
        {
            "moment": "signed_at",
            "a": Cast(Substr("text", 1, 240), output_field=CharField()),
            "b": F("written_by__name"),
            "c": _text("appointment_id"),
        },
        _note,
    ),
    Source(
        "prescription",
        _later("Prescriptions"),
        _later("Prescription"),
        "rx",
        lambda patient: Prescription.objects.written().filter(patient=patient),
        {"moment": "signed_at", "a": F("diagnosis"), "b": F("doctor__user__name"), "c": F("state"), **DOCTOR},
        _prescription,
    ),
    Source(
        "report",
        _later("Reports"),
        _later("Tests"),
        "flask",
        lambda patient: Order.objects.filter(patient=patient).exclude(state="cancelled"),
        {"moment": "ordered_at", "a": F("hospital__name"), "b": F("state")},
        _report,
    ),
    Source(
        "observation",
        _later("Vital signs"),
        _later("Vital sign"),
        "info",
        _of(Observation),
        {"moment": "taken_at", "a": F("kind"), "b": _text("value"), "c": Coalesce(_text("second"), NOTHING)},
        _observation,
        entry=True,
    ),
    Source(
        "condition",
        _later("Conditions"),
        _later("Condition"),
        "alert",
        _of(Condition),
        {"moment": "recorded_at", "a": F("text"), "b": F("status")},
        _condition,
        entry=True,
    ),
    Source(
        "immunization",
        _later("Vaccinations"),
        _later("Vaccination"),
        "shield",
        _of(Immunization),
        {"moment": "at", "a": F("vaccine"), "b": Coalesce(_text("dose"), NOTHING)},
        _immunization,
        entry=True,
    ),
    Source(
        "document",
        _later("Documents"),
        _later("Document"),
        "file",
        _of(Document),
        {"moment": "at", "a": F("title"), "b": F("kind")},
        _document,
        entry=True,
    ),
    Source(
        "invoice",
        _later("Invoices"),
        _later("Invoice"),
        "bill",
        lambda patient: Invoice.objects.filter(patient=patient, issued_at__isnull=False),
        {"moment": "issued_at", "a": _text("year"), "who": _text("sequence"), "b": _text("total"), "c": F("state")},
        _invoice,
        own=True,
    ),
)
BY_NAME = {source.name: source for source in SOURCES}
# Whose page a doctor opens only for their own.
OWN_PAGES = ("visit", "prescription")


def timeline(request, patient, *, speaks):
    """What a page of the record shows of it: {"lines", "next", "filters", "show"}."""
    known = [source for source in SOURCES if speaks or not source.own]
    show = request.GET.get("show", "")
    chosen = [source for source in known if source.name == show]
    many = [source.values(patient) for source in chosen or known]
    page = page_of_many(many, after=request.GET.get("after", ""), size=SIZE)
    lines = _together([_line(row, request.user, speaks) for row in page.rows], patient)
    return {
        "lines": lines,
        "next": page.next,
        "filters": [(source.name, source.word) for source in known],
        "show": chosen[0].name if chosen else "",
    }


def _together(lines, patient):
    """What was measured at one moment reads as one line, which leads to the page of vital signs."""
    found = []
    for line in lines:
        if line["source"].name != "observation":
            found.append(line)
            continue
        before = found[-1] if found and found[-1].get("kinds") else None
        alike = before and all(before[name] == line[name] for name in ("moment", "wrong", "unconfirmed", "source"))
        if alike and not line["wrong"] and line["kind"] not in before["kinds"]:
            before["title"] += f", {line['title']}"
            before["kinds"].add(line["kind"])
            before["correct"] = ""  # each value by itself, on the page of vital signs
        else:
            url = "" if line["wrong"] else reverse("patients:vitals", args=[patient.pk])
            found.append({**line, "kinds": {line["kind"]}, "url": url})
    return found


def _key(key):
    """A key as text: the databases write a UUID with hyphens or without."""
    return str(key).replace("-", "")


def _line(row, user, speaks):
    source = BY_NAME[row["source"]]
    title, detail, url = source.line(row)
    theirs = speaks or source.name not in OWN_PAGES or _key(row["who"]) == _key(user.pk)
    may_correct = source.entry and not row["wrong"] and not (speaks and row["said"])
    return {
        "source": source,
        "kind": row["a"],
        "moment": row["moment"],
        "title": title,
        "detail": detail,
        "url": url if theirs and not row["wrong"] else "",
        "wrong": row["wrong"],
        "unconfirmed": source.entry and not row["said"],
        "correct": reverse("patients:mark_wrong", args=[source.name, row["id"]]) if may_correct else "",
    }


@permission_required("patients.open_record", raise_exception=True)
@require_safe
def patient_timeline(request, pk):
    """All of it, for a carer to whom the record is open."""
    patient = get_object_or_404(Patient.objects.as_carer(request.user).select_related("user"), pk=pk)
    open_record(patient=patient, by=request.user, why="record")
    context = {
        "patient": patient,
        "speaks": False,
        "back": reverse("patient", args=[patient.pk]),
        "timeline": timeline(request, patient, speaks=False),
    }
    return render(request, "pages/record_timeline.html", context)
