"""Reminders, once for each time that a visit has."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import healthstack.lib.clock


class Migration(migrations.Migration):
    dependencies = [
        ("appointments", "0006_notes"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Reminder",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=10)),
                ("starts_at", models.DateTimeField()),
                ("sent_at", models.DateTimeField(default=healthstack.lib.clock.now)),
                (
                    "appointment",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="reminders",
                        to="appointments.appointment",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("appointment", "starts_at", "kind", "user"), name="one_reminder_per_time_and_person"
                    )
                ],
            },
        ),
    ]
