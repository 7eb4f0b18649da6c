from django.db import migrations


class Migration(migrations.Migration):
    """No table changes: Django's own manager of the trail is ours from now on, so that save() cannot rewrite a line."""

    dependencies = [("accounts", "0002_task_queue_on_mariadb")]

    operations = [
        migrations.AlterModelOptions(
            name="auditentry",
            options={
                "base_manager_name": "objects",
                "verbose_name": "audit entry",
                "verbose_name_plural": "audit trail",
            },
        ),
    ]
