from decimal import Decimal

import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import healthstack.lib.clock
import healthstack.lib.fields
import healthstack.lib.keys


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("appointments", "0005_invoice"),
        ("billing", "0001_first"),
        ("doctors", "0002_joining"),
        ("hospitals", "0004_technicians"),
        ("patients", "0003_ask_for_a_record"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Order",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=healthstack.lib.keys.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("ordered", "Ordered"),
                            ("collected", "Sample taken"),
                            ("in_lab", "In the lab"),
                            ("ready", "Ready"),
                            ("cancelled", "Cancelled"),
                        ],
                        default="ordered",
                        max_length=12,
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=240, verbose_name="for the laboratory")),
                (
                    "request_key",
                    healthstack.lib.fields.ExactCharField(blank=True, max_length=60, null=True, unique=True),
                ),
                ("ordered_at", models.DateTimeField(default=healthstack.lib.clock.now)),
                ("ready_at", models.DateTimeField(blank=True, null=True)),
                ("reason", models.CharField(blank=True, max_length=160, verbose_name="why it was cancelled")),
                (
                    "appointment",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="appointments.appointment",
                    ),
                ),
                (
                    "doctor",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="doctors.doctor",
                    ),
                ),
                (
                    "hospital",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="hospitals.hospital",
                    ),
                ),
                (
                    "invoice",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="billing.invoice",
                    ),
                ),
                (
                    "ordered_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
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
            ],
            options={
                "permissions": (
                    ("place_order", "Can order tests for a patient in care"),
                    ("cancel_order", "Can cancel an order of tests"),
                    ("collect_specimen", "Can take specimens in the own laboratory"),
                    ("reject_specimen", "Can reject a specimen in the own laboratory"),
                    ("enter_result", "Can enter results in the own laboratory"),
                    ("verify_result", "Can verify results in the own laboratory"),
                    ("release_result", "Can release results in the own laboratory"),
                    ("amend_result", "Can amend a released result in the own laboratory"),
                ),
            },
        ),
        migrations.CreateModel(
            name="Item",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=healthstack.lib.keys.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("position", models.PositiveSmallIntegerField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("ordered", "Ordered"),
                            ("collected", "Sample taken"),
                            ("entered", "Entered"),
                            ("verified", "Verified"),
                            ("released", "Released"),
                            ("cancelled", "Cancelled"),
                        ],
                        default="ordered",
                        max_length=12,
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="items", to="laboratory.order"
                    ),
                ),
            ],
            options={
                "ordering": ("position",),
            },
        ),
        migrations.CreateModel(
            name="Specimen",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=healthstack.lib.keys.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("blood", "Blood"),
                            ("urine", "Urine"),
                            ("stool", "Stool"),
                            ("sputum", "Sputum"),
                            ("swab", "Swab"),
                            ("other", "Other"),
                        ],
                        max_length=10,
                        verbose_name="specimen",
                    ),
                ),
                (
                    "accession",
                    healthstack.lib.fields.ExactCharField(
                        max_length=20, unique=True, verbose_name="number on the label"
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("collected", "Sample taken"), ("rejected", "Rejected")],
                        default="collected",
                        max_length=10,
                    ),
                ),
                ("collected_at", models.DateTimeField(default=healthstack.lib.clock.now)),
                ("reason", models.CharField(blank=True, max_length=160, verbose_name="why it was rejected")),
                ("rejected_at", models.DateTimeField(blank=True, null=True)),
                (
                    "collected_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="specimens", to="laboratory.order"
                    ),
                ),
                (
                    "rejected_by",
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
                "ordering": ("collected_at", "pk"),
            },
        ),
        migrations.CreateModel(
            name="Result",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=healthstack.lib.keys.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("version", models.PositiveSmallIntegerField(default=1)),
                ("text", models.CharField(max_length=240, verbose_name="result")),
                ("number", models.DecimalField(blank=True, decimal_places=4, max_digits=13, null=True)),
                ("comparator", models.CharField(blank=True, max_length=1)),
                ("unit", models.CharField(blank=True, max_length=30)),
                ("low", models.DecimalField(blank=True, decimal_places=4, max_digits=13, null=True)),
                ("high", models.DecimalField(blank=True, decimal_places=4, max_digits=13, null=True)),
                ("range_words", models.CharField(blank=True, max_length=80)),
                (
                    "flag",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("LL", "Critical, too low"),
                            ("L", "Low"),
                            ("N", "In range"),
                            ("H", "High"),
                            ("HH", "Critical, too high"),
                            ("", "Not compared"),
                        ],
                        max_length=2,
                    ),
                ),
                ("comment", models.CharField(blank=True, max_length=240, verbose_name="comment")),
                ("collected_at", models.DateTimeField()),
                ("entered_at", models.DateTimeField(default=healthstack.lib.clock.now)),
                ("verified_at", models.DateTimeField(blank=True, null=True)),
                ("released_at", models.DateTimeField(blank=True, null=True)),
                ("amended_why", models.CharField(blank=True, max_length=160, verbose_name="why it is amended")),
                (
                    "entered_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="results", to="laboratory.item"
                    ),
                ),
                (
                    "released_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "verified_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "specimen",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="laboratory.specimen"
                    ),
                ),
            ],
            options={
                "ordering": ("version",),
            },
        ),
        migrations.AddField(
            model_name="item",
            name="specimen",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="items",
                to="laboratory.specimen",
            ),
        ),
        migrations.CreateModel(
            name="Test",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("slug", models.SlugField(max_length=120, unique=True, verbose_name="address on the site")),
                ("name", models.CharField(max_length=120, verbose_name="name")),
                ("group", models.CharField(blank=True, max_length=60, verbose_name="group")),
                (
                    "specimen",
                    models.CharField(
                        choices=[
                            ("blood", "Blood"),
                            ("urine", "Urine"),
                            ("stool", "Stool"),
                            ("sputum", "Sputum"),
                            ("swab", "Swab"),
                            ("other", "Other"),
                        ],
                        default="blood",
                        max_length=10,
                        verbose_name="specimen",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("number", "Number"), ("choice", "One of several"), ("text", "Text")],
                        default="number",
                        max_length=10,
                        verbose_name="result",
                    ),
                ),
                ("unit", models.CharField(blank=True, max_length=30, verbose_name="unit")),
                ("choices", models.JSONField(blank=True, default=list, verbose_name="may be")),
                ("preparation", models.CharField(blank=True, max_length=240, verbose_name="how to prepare")),
                ("hours", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="ready after, hours")),
                ("is_active", models.BooleanField(default=True, verbose_name="can be ordered")),
            ],
            options={
                "ordering": ("name", "pk"),
                "indexes": [models.Index(fields=["is_active", "name", "id"], name="tests_by_name")],
            },
        ),
        migrations.CreateModel(
            name="Range",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sex", models.CharField(blank=True, max_length=10, verbose_name="sex")),
                ("from_days", models.PositiveIntegerField(default=0, verbose_name="from, days of life")),
                ("to_days", models.PositiveIntegerField(blank=True, null=True, verbose_name="to, days of life")),
                (
                    "low",
                    models.DecimalField(blank=True, decimal_places=4, max_digits=13, null=True, verbose_name="low"),
                ),
                (
                    "high",
                    models.DecimalField(blank=True, decimal_places=4, max_digits=13, null=True, verbose_name="high"),
                ),
                (
                    "critical_low",
                    models.DecimalField(
                        blank=True, decimal_places=4, max_digits=13, null=True, verbose_name="critical, low"
                    ),
                ),
                (
                    "critical_high",
                    models.DecimalField(
                        blank=True, decimal_places=4, max_digits=13, null=True, verbose_name="critical, high"
                    ),
                ),
                ("source", models.CharField(blank=True, max_length=160, verbose_name="source")),
                (
                    "test",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="ranges", to="laboratory.test"
                    ),
                ),
            ],
            options={
                "ordering": ("from_days", "sex", "pk"),
            },
        ),
        migrations.CreateModel(
            name="Price",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "amount",
                    models.DecimalField(
                        decimal_places=2,
                        max_digits=10,
                        validators=[django.core.validators.MinValueValidator(Decimal("0"))],
                        verbose_name="price",
                    ),
                ),
                ("ended_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "hospital",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="hospitals.hospital"
                    ),
                ),
                (
                    "test",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="prices", to="laboratory.test"
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="item",
            name="test",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="laboratory.test"
            ),
        ),
        migrations.AddIndex(
            model_name="order",
            index=models.Index(fields=["patient", "ordered_at", "id"], name="lab_orders_of_patient"),
        ),
        migrations.AddIndex(
            model_name="order",
            index=models.Index(fields=["doctor", "ordered_at", "id"], name="lab_orders_of_doctor"),
        ),
        migrations.AddIndex(
            model_name="order",
            index=models.Index(fields=["hospital", "state", "ordered_at", "id"], name="lab_orders_of_hospital"),
        ),
        migrations.AddConstraint(
            model_name="result",
            constraint=models.UniqueConstraint(fields=("item", "version"), name="one_result_per_version"),
        ),
        migrations.AddConstraint(
            model_name="range",
            constraint=models.CheckConstraint(
                condition=models.Q(("to_days", None), ("to_days__gt", models.F("from_days")), _connector="OR"),
                name="range_has_days",
            ),
        ),
        migrations.AddConstraint(
            model_name="range",
            constraint=models.CheckConstraint(
                condition=models.Q(("low", None), ("high", None), ("high__gte", models.F("low")), _connector="OR"),
                name="range_low_before_high",
            ),
        ),
        migrations.AddConstraint(
            model_name="price",
            constraint=models.UniqueConstraint(fields=("hospital", "test"), name="one_price_per_hospital_and_test"),
        ),
        migrations.AddConstraint(
            model_name="price",
            constraint=models.CheckConstraint(condition=models.Q(("amount__gte", 0)), name="price_not_negative"),
        ),
        migrations.AddConstraint(
            model_name="item",
            constraint=models.UniqueConstraint(fields=("order", "test"), name="one_item_per_test"),
        ),
        migrations.AddConstraint(
            model_name="item",
            constraint=models.UniqueConstraint(fields=("order", "position"), name="one_item_per_position"),
        ),
    ]
