"""Writing the audit trail, inside the transaction of the act it tells of."""

from accounts.models import AuditEntry
from healthstack.lib import context


def record(code, *, by, about=None, reason="", **facts):
    """Add a line: `code` is app.past-participle ("appointments.approved"), `by` the person or None for the system.

    facts: small JSON values, no medical content. If the line cannot be written, the act fails with it.
    """
    request = context.current()
    AuditEntry.objects.create(
        code=code,
        by=by,
        about_type=about._meta.label if about is not None else "",
        about_key=str(about.pk) if about is not None else "",
        reason=reason[:240],
        facts=facts,
        request_id=request.id,
        address=request.address or None,
    )
