"""Background work of appointments. Each is safe to run twice."""

from django_tasks import task

from appointments import workflow


@task()
def expire_requests():
    workflow.expire_due()


@task()
def remind():
    workflow.remind_due()


@task()
def roll_listings():
    workflow.roll_listings()


@task()
def purge_claims():
    workflow.purge_claims()
