"""Documents are put into a record."""

from django.utils.translation import gettext as _

from accounts import files
from accounts.audit import record
from healthstack.lib import clock
from healthstack.lib.rules import RuleBroken
from healthstack.lib.transactions import one_transaction
from patients.models import Document
from patients.workflow.entries import may_write, noon, written


@one_transaction
def keep_document(*, patient, kind, title, dated_on, upload, by):
    """A paper of the patient, through the gate for files. -> Document. It counts to the files of who brought it."""
    file = files.take(upload, owner=by, kinds=files.PAPER, by=by, field="upload")
    patient = may_write(patient, by)
    if not patient.born_on <= dated_on <= clock.today():
        raise RuleBroken(_("Enter a day between the birth and today"), field="dated_on")
    row = Document.objects.create(
        **written(patient, by),
        kind=kind,
        title=" ".join(title.split()),
        dated_on=dated_on,
        at=noon(dated_on),
        file=file,
    )
    record("patients.document_kept", by=by, about=patient, document=str(row.pk), kind=kind)
    return row
