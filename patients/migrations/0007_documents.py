import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import healthstack.lib.clock
import healthstack.lib.keys


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_people"),
        ("patients", "0006_immunizations"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Document",
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
                            ("report", "Report of a test"),
                            ("image", "X-ray or scan"),
                            ("discharge", "Discharge summary"),
                            ("prescription", "Prescription"),
                            ("letter", "Letter of a doctor"),
                            ("other", "Something else"),
                        ],
                        max_length=20,
                        verbose_name="what it is",
                    ),
                ),
                ("title", models.CharField(max_length=120, verbose_name="title")),
                ("dated_on", models.DateField(verbose_name="date on it")),
                (
                    "file",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.storedfile"
                    ),
                ),
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
                "permissions": (
                    ("keep_document", "Can put a document into a record"),
                    ("read_document", "Can open the documents of a record"),
                ),
                "indexes": [models.Index(fields=["patient", "dated_on", "id"], name="document_of_patient")],
            },
        ),
    ]
