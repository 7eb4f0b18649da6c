"""Writing the audit trail, inside the transaction of the act it tells of."""

from contextlib import contextmanager
from contextvars import ContextVar

from accounts.models import AuditEntry
from healthstack.lib import context

_kept = ContextVar("kept", default=None)


@contextmanager
def written_together():
    """Inside the block lines are kept, and written in the order of their moments as it ends: for acts by the hundred, such as the
    demo's, in one transaction around the block. An error leaves none of them.
    """
    token = _kept.set([])
    try:
        yield
        AuditEntry.objects.bulk_create(sorted(_kept.get(), key=lambda entry: entry.at), batch_size=500)
    finally:
        _kept.reset(token)


def record(code, *, by, about=None, reason="", **facts):
    """Add a line: `code` is app.past-participle ("appointments.approved"), `by` the person or None for the system.

    facts: small JSON values, no medical content. If the line cannot be written, the act fails with it.
    """
    request = context.current()
    entry = AuditEntry(
        code=code,
        by=by,
        about_type=about._meta.label if about is not None else "",
        about_key=str(about.pk) if about is not None else "",
        reason=reason[:240],
        facts=facts,
        request_id=request.id,
        address=request.address or None,
    )
    if (kept := _kept.get()) is not None:
        kept.append(entry)
    else:
        entry.save(force_insert=True)
