"""Background work of accounts."""

from django_tasks import task

from accounts import files, workflow


@task()
def deliver_mail(mail_id):
    workflow.deliver(mail_id=mail_id)


@task()
def deliver_mails():
    workflow.deliver_due()


@task()
def sweep_files():
    files.sweep()
