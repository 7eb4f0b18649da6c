"""Background work of billing."""

from django_tasks import task


@task()
def send_refund(refund_id):
    """The provider is asked to send money back; asked again, it sends it once (the key of the refund)."""
    from billing import workflow  # the workflow enqueues this task

    workflow.send_refund(refund_id=refund_id)


@task()
def send_refunds():
    """Refunds that should be on their way by now are asked for again."""
    from billing import workflow

    workflow.send_refunds()
