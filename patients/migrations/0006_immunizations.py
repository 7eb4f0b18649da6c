import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import healthstack.lib.clock
import healthstack.lib.keys


class Migration(migrations.Migration):
    dependencies = [
        ("patients", "0005_vitals"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Immunization",
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
                ("vaccine", models.CharField(max_length=120, verbose_name="vaccine")),
                ("dose", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="which dose")),
                ("given_on", models.DateField(verbose_name="given on")),
                ("lot", models.CharField(blank=True, max_length=40, verbose_name="batch")),
                ("place", models.CharField(blank=True, max_length=120, verbose_name="where")),
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
                "permissions": (("list_immunization", "Can add a vaccination to a record"),),
                "indexes": [models.Index(fields=["patient", "given_on", "id"], name="immunization_of_patient")],
            },
        ),
    ]
