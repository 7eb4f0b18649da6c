"""Background work of the roof. Safe to run twice."""

from django_tasks import task

from healthstack.pages import searching


@task()
def count_choices():
    searching.count_all()
