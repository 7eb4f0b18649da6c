import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import healthstack.lib.clock
import healthstack.lib.keys


class Migration(migrations.Migration):
    dependencies = [
        ("appointments", "0005_invoice"),
        ("patients", "0006_immunizations"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Note",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=healthstack.lib.keys.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("text", models.TextField(verbose_name="note")),
                ("version", models.PositiveIntegerField(default=1)),
                ("written_at", models.DateTimeField(default=healthstack.lib.clock.now)),
                ("signed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "appointment",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="appointments.appointment"
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="patients.patient",
                    ),
                ),
                (
                    "written_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "permissions": (
                    ("view_visit_note", "Can read the note of a visit"),
                    ("write_note", "Can write the note of an own visit"),
                    ("sign_note", "Can sign the note of an own visit"),
                    ("amend_note", "Can add to a signed note"),
                ),
            },
        ),
        migrations.CreateModel(
            name="Addendum",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=healthstack.lib.keys.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("text", models.TextField(verbose_name="addition")),
                ("written_at", models.DateTimeField(default=healthstack.lib.clock.now)),
                (
                    "written_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "note",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="addenda", to="appointments.note"
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "addenda",
                "ordering": ("written_at", "id"),
            },
        ),
        migrations.AddIndex(
            model_name="note",
            index=models.Index(fields=["patient", "signed_at", "id"], name="note_of_patient"),
        ),
    ]
