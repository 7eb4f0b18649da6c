import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import healthstack.lib.clock
import healthstack.lib.keys


class Migration(migrations.Migration):
    dependencies = [
        ("patients", "0004_conditions"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Observation",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=healthstack.lib.keys.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("is_confirmed", models.BooleanField(default=False)),
                ("recorded_at", models.DateTimeField(default=healthstack.lib.clock.now)),
                ("wrong_at", models.DateTimeField(blank=True, null=True)),
                ("wrong_reason", models.CharField(blank=True, max_length=160, verbose_name="why it is wrong")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("blood_pressure", "Blood pressure"),
                            ("pulse", "Pulse"),
                            ("temperature", "Temperature"),
                            ("breaths", "Breaths"),
                            ("oxygen", "Oxygen in the blood"),
                            ("weight", "Weight"),
                            ("height", "Height"),
                        ],
                        max_length=20,
                    ),
                ),
                ("value", models.DecimalField(decimal_places=2, max_digits=7)),
                ("second", models.DecimalField(blank=True, decimal_places=2, max_digits=7, null=True)),
                ("taken_at", models.DateTimeField()),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="patients.patient"
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "wrong_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "permissions": (("take_vitals", "Can write down vital signs"),),
                "indexes": [
                    models.Index(fields=["patient", "kind", "taken_at", "id"], name="observation_of_kind"),
                    models.Index(fields=["patient", "taken_at", "id"], name="observation_of_patient"),
                ],
            },
        ),
    ]
