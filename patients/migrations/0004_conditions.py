import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import healthstack.lib.clock
import healthstack.lib.fields
import healthstack.lib.keys


class Migration(migrations.Migration):
    dependencies = [
        ("patients", "0003_ask_for_a_record"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Diagnosis",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", healthstack.lib.fields.ExactCharField(max_length=8, unique=True)),
                ("title", models.CharField(max_length=200)),
                ("is_category", models.BooleanField(default=False)),
            ],
            options={
                "ordering": ("code",),
            },
        ),
        migrations.CreateModel(
            name="Condition",
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
                ("text", models.CharField(max_length=200, verbose_name="what it is")),
                (
                    "status",
                    models.CharField(
                        choices=[("active", "Active"), ("resolved", "Resolved")],
                        default="active",
                        max_length=10,
                        verbose_name="now",
                    ),
                ),
                ("onset_on", models.DateField(blank=True, null=True, verbose_name="since")),
                ("resolved_on", models.DateField(blank=True, null=True, verbose_name="over since")),
                ("note", models.CharField(blank=True, max_length=500, verbose_name="note")),
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
                (
                    "diagnosis",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="patients.diagnosis",
                    ),
                ),
            ],
            options={
                "permissions": (
                    ("list_condition", "Can add a condition to a record"),
                    ("update_condition", "Can say how a condition stands"),
                    ("mark_wrong", "Can mark a line of a record as entered in error"),
                ),
                "indexes": [models.Index(fields=["patient", "recorded_at", "id"], name="condition_of_patient")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("onset_on", None),
                            ("resolved_on", None),
                            ("resolved_on__gte", models.F("onset_on")),
                            _connector="OR",
                        ),
                        name="condition_begins_before_it_ends",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="DiagnosisWord",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("word", healthstack.lib.fields.ExactCharField(max_length=40)),
                (
                    "diagnosis",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="words", to="patients.diagnosis"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("word", "diagnosis"), name="one_row_per_diagnosis_word")
                ],
            },
        ),
    ]
