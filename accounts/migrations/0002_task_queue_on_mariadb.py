"""Lets the task queue's own migrations run on MariaDB and MySQL.

django-tasks-db 0.12 renames an index that these databases never created, since it is a partial one, and stops there
(RealOrangeOne/django-tasks-db#48). A plain index of that name, created before, is renamed and serves the worker.
"""

from django.db import migrations

TABLE, INDEX = "django_tasks_database_dbtaskresult", "django_task_new_ordering_idx"


def create_index(apps, schema_editor):
    connection = schema_editor.connection
    if connection.vendor != "mysql":
        return
    with connection.cursor() as cursor:
        present = connection.introspection.get_constraints(cursor, TABLE)
    if INDEX not in present and "tasks_db_new_ordering_idx" not in present:
        schema_editor.execute(f"CREATE INDEX {INDEX} ON {TABLE} (status, priority, run_after)")


class Migration(migrations.Migration):
    atomic = False  # these databases cannot take a CREATE INDEX back
    dependencies = [("accounts", "0001_first"), ("django_tasks_database", "0018_rename_succeeded_status")]
    run_before = [
        (
            "django_tasks_database",
            "0019_rename_django_task_new_ordering_idx_tasks_db_new_ordering_idx_and_more",
        )
    ]
    operations = [migrations.RunPython(create_index, migrations.RunPython.noop)]
