from decimal import Decimal

import django.core.validators
import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models

import healthstack.lib.clock
import healthstack.lib.fields
import healthstack.lib.keys


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("hospitals", "0002_running"),
        ("patients", "0002_for_others"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Invoice",
            fields=[
                ("year", models.PositiveSmallIntegerField(blank=True, editable=False, null=True)),
                ("sequence", models.PositiveIntegerField(blank=True, editable=False, null=True)),
                (
                    "id",
                    models.UUIDField(
                        default=healthstack.lib.keys.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("visit", "Visit"), ("tests", "Tests"), ("order", "Medicines")], max_length=10
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("issued", "Due"),
                            ("part_paid", "Part paid"),
                            ("paid", "Paid"),
                            ("void", "Void"),
                        ],
                        default="draft",
                        max_length=10,
                    ),
                ),
                ("currency", models.CharField(max_length=3)),
                (
                    "net",
                    models.DecimalField(
                        decimal_places=2, default=Decimal("0.00"), max_digits=12, verbose_name="before tax"
                    ),
                ),
                (
                    "tax",
                    models.DecimalField(decimal_places=2, default=Decimal("0.00"), max_digits=12, verbose_name="tax"),
                ),
                (
                    "total",
                    models.DecimalField(decimal_places=2, default=Decimal("0.00"), max_digits=12, verbose_name="total"),
                ),
                (
                    "credited",
                    models.DecimalField(
                        decimal_places=2, default=Decimal("0.00"), max_digits=12, verbose_name="taken back"
                    ),
                ),
                (
                    "paid",
                    models.DecimalField(decimal_places=2, default=Decimal("0.00"), max_digits=12, verbose_name="paid"),
                ),
                ("opened_at", models.DateTimeField(default=healthstack.lib.clock.now)),
                ("issued_at", models.DateTimeField(blank=True, null=True)),
                ("due_on", models.DateField(blank=True, null=True)),
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
                    "opened_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
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
                    ("pay_invoice", "Can pay the own invoices"),
                    ("pay_at_desk_invoice", "Can take a payment at the desk of the own hospital"),
                    ("credit_invoice", "Can take something off an invoice of the own hospital"),
                    ("refund_payment", "Can give money back in the own hospital"),
                    ("void_invoice", "Can void an invoice of the own hospital"),
                    ("view_takings", "Can see the takings of the own hospital"),
                ),
            },
        ),
        migrations.CreateModel(
            name="CreditNote",
            fields=[
                ("year", models.PositiveSmallIntegerField(blank=True, editable=False, null=True)),
                ("sequence", models.PositiveIntegerField(blank=True, editable=False, null=True)),
                (
                    "id",
                    models.UUIDField(
                        default=healthstack.lib.keys.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("net", models.DecimalField(decimal_places=2, max_digits=12, verbose_name="before tax")),
                ("tax", models.DecimalField(decimal_places=2, max_digits=12, verbose_name="tax")),
                ("total", models.DecimalField(decimal_places=2, max_digits=12, verbose_name="total")),
                ("reason", models.CharField(max_length=160, verbose_name="why")),
                ("at", models.DateTimeField(default=healthstack.lib.clock.now)),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
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
                        on_delete=django.db.models.deletion.PROTECT, related_name="credit_notes", to="billing.invoice"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Attempt",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=healthstack.lib.keys.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("provider", models.CharField(max_length=20)),
                ("amount", models.DecimalField(decimal_places=2, max_digits=12, verbose_name="amount")),
                ("currency", models.CharField(max_length=3)),
                (
                    "state",
                    models.CharField(
                        choices=[("started", "Started"), ("paid", "Paid"), ("failed", "Failed")],
                        default="started",
                        max_length=10,
                    ),
                ),
                ("key", healthstack.lib.fields.ExactCharField(max_length=60, unique=True)),
                (
                    "reference",
                    healthstack.lib.fields.ExactCharField(blank=True, max_length=120, null=True, unique=True),
                ),
                ("error", models.CharField(blank=True, max_length=200)),
                ("started_at", models.DateTimeField(default=healthstack.lib.clock.now)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "started_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "invoice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="attempts", to="billing.invoice"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Line",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveSmallIntegerField()),
                ("text", models.CharField(max_length=200, verbose_name="what for")),
                (
                    "quantity",
                    models.PositiveIntegerField(default=1, validators=[django.core.validators.MinValueValidator(1)]),
                ),
                ("unit_price", models.DecimalField(decimal_places=2, max_digits=12, verbose_name="price")),
                (
                    "discount",
                    models.DecimalField(
                        decimal_places=2, default=Decimal("0.00"), max_digits=12, verbose_name="discount"
                    ),
                ),
                ("discount_reason", models.CharField(blank=True, max_length=160, verbose_name="why")),
                (
                    "tax_rate",
                    models.DecimalField(
                        decimal_places=2,
                        default=Decimal("0.00"),
                        max_digits=5,
                        validators=[
                            django.core.validators.MinValueValidator(Decimal("0.00")),
                            django.core.validators.MaxValueValidator(Decimal("100")),
                        ],
                        verbose_name="tax, percent",
                    ),
                ),
                ("tax_included", models.BooleanField(default=False)),
                ("net", models.DecimalField(decimal_places=2, max_digits=12, verbose_name="before tax")),
                ("tax", models.DecimalField(decimal_places=2, max_digits=12, verbose_name="tax")),
                ("total", models.DecimalField(decimal_places=2, max_digits=12, verbose_name="total")),
                (
                    "invoice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="lines", to="billing.invoice"
                    ),
                ),
            ],
            options={
                "ordering": ("position",),
            },
        ),
        migrations.CreateModel(
            name="Payment",
            fields=[
                ("year", models.PositiveSmallIntegerField(blank=True, editable=False, null=True)),
                ("sequence", models.PositiveIntegerField(blank=True, editable=False, null=True)),
                (
                    "id",
                    models.UUIDField(
                        default=healthstack.lib.keys.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "method",
                    models.CharField(
                        choices=[("cash", "Cash"), ("card", "Card"), ("upi", "UPI"), ("online", "Online")],
                        max_length=10,
                        verbose_name="how",
                    ),
                ),
                ("amount", models.DecimalField(decimal_places=2, max_digits=12, verbose_name="amount")),
                (
                    "tendered",
                    models.DecimalField(blank=True, decimal_places=2, max_digits=12, null=True, verbose_name="given"),
                ),
                ("reference", models.CharField(blank=True, max_length=60, verbose_name="reference")),
                ("key", healthstack.lib.fields.ExactCharField(max_length=140, unique=True)),
                (
                    "refunded",
                    models.DecimalField(
                        decimal_places=2, default=Decimal("0.00"), max_digits=12, verbose_name="given back"
                    ),
                ),
                ("at", models.DateTimeField(default=healthstack.lib.clock.now)),
                (
                    "attempt",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="payment",
                        to="billing.attempt",
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
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
                        on_delete=django.db.models.deletion.PROTECT, related_name="payments", to="billing.invoice"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Refund",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=healthstack.lib.keys.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("amount", models.DecimalField(decimal_places=2, max_digits=12, verbose_name="amount")),
                ("reason", models.CharField(max_length=160, verbose_name="why")),
                (
                    "state",
                    models.CharField(
                        choices=[("pending", "On its way back"), ("done", "Given back"), ("failed", "Failed")],
                        default="done",
                        max_length=10,
                    ),
                ),
                ("reference", models.CharField(blank=True, max_length=120, verbose_name="reference")),
                ("error", models.CharField(blank=True, max_length=200)),
                ("key", healthstack.lib.fields.ExactCharField(max_length=140, unique=True)),
                ("at", models.DateTimeField(default=healthstack.lib.clock.now)),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "payment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="refunds", to="billing.payment"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Entry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "account",
                    models.CharField(
                        choices=[
                            ("receivable", "Owed by patients"),
                            ("income", "Income"),
                            ("tax", "Tax collected"),
                            ("cash", "Cash"),
                            ("card", "Card"),
                            ("upi", "UPI"),
                            ("online", "Online"),
                        ],
                        max_length=12,
                    ),
                ),
                ("amount", models.DecimalField(decimal_places=2, max_digits=12, verbose_name="amount")),
                ("at", models.DateTimeField(default=healthstack.lib.clock.now)),
                (
                    "credit_note",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entries",
                        to="billing.creditnote",
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
                        on_delete=django.db.models.deletion.PROTECT, related_name="entries", to="billing.invoice"
                    ),
                ),
                (
                    "payment",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entries",
                        to="billing.payment",
                    ),
                ),
                (
                    "refund",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entries",
                        to="billing.refund",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "entries",
                "base_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="Series",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("INV", "Invoice"), ("RCP", "Receipt"), ("CRN", "Credit note")], max_length=3
                    ),
                ),
                ("year", models.PositiveSmallIntegerField(default=0)),
                ("last", models.PositiveIntegerField(default=0)),
                (
                    "hospital",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="hospitals.hospital"
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "series",
            },
        ),
        migrations.AddIndex(
            model_name="invoice",
            index=models.Index(fields=["patient", "opened_at", "id"], name="invoices_of_patient"),
        ),
        migrations.AddIndex(
            model_name="invoice",
            index=models.Index(fields=["hospital", "state", "opened_at", "id"], name="invoices_of_hospital"),
        ),
        migrations.AddConstraint(
            model_name="invoice",
            constraint=models.UniqueConstraint(fields=("hospital", "year", "sequence"), name="one_invoice_per_number"),
        ),
        migrations.AddConstraint(
            model_name="invoice",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("credited__gte", 0),
                    ("net__gte", 0),
                    ("paid__gte", 0),
                    ("tax__gte", 0),
                    ("credited__lte", models.F("total")),
                    (
                        "total__gt",
                        django.db.models.expressions.CombinedExpression(
                            django.db.models.expressions.CombinedExpression(models.F("net"), "+", models.F("tax")),
                            "-",
                            models.Value(Decimal("0.005")),
                        ),
                    ),
                    (
                        "total__lt",
                        django.db.models.expressions.CombinedExpression(
                            django.db.models.expressions.CombinedExpression(models.F("net"), "+", models.F("tax")),
                            "+",
                            models.Value(Decimal("0.005")),
                        ),
                    ),
                ),
                name="invoice_adds_up",
            ),
        ),
        migrations.AddConstraint(
            model_name="creditnote",
            constraint=models.UniqueConstraint(
                fields=("hospital", "year", "sequence"), name="one_credit_note_per_number"
            ),
        ),
        migrations.AddConstraint(
            model_name="creditnote",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("net__gte", 0),
                    ("tax__gte", 0),
                    ("total__gt", 0),
                    (
                        "total__gt",
                        django.db.models.expressions.CombinedExpression(
                            django.db.models.expressions.CombinedExpression(models.F("net"), "+", models.F("tax")),
                            "-",
                            models.Value(Decimal("0.005")),
                        ),
                    ),
                    (
                        "total__lt",
                        django.db.models.expressions.CombinedExpression(
                            django.db.models.expressions.CombinedExpression(models.F("net"), "+", models.F("tax")),
                            "+",
                            models.Value(Decimal("0.005")),
                        ),
                    ),
                ),
                name="credit_note_adds_up",
            ),
        ),
        migrations.AddIndex(
            model_name="attempt",
            index=models.Index(fields=["state", "started_at"], name="attempts_begun"),
        ),
        migrations.AddConstraint(
            model_name="attempt",
            constraint=models.CheckConstraint(condition=models.Q(("amount__gt", 0)), name="attempt_above_zero"),
        ),
        migrations.AddConstraint(
            model_name="line",
            constraint=models.UniqueConstraint(fields=("invoice", "position"), name="one_line_per_position"),
        ),
        migrations.AddConstraint(
            model_name="line",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("discount__gte", 0),
                    ("net__gte", 0),
                    ("quantity__gte", 1),
                    ("tax__gte", 0),
                    ("unit_price__gte", 0),
                    (
                        "total__gt",
                        django.db.models.expressions.CombinedExpression(
                            django.db.models.expressions.CombinedExpression(models.F("net"), "+", models.F("tax")),
                            "-",
                            models.Value(Decimal("0.005")),
                        ),
                    ),
                    (
                        "total__lt",
                        django.db.models.expressions.CombinedExpression(
                            django.db.models.expressions.CombinedExpression(models.F("net"), "+", models.F("tax")),
                            "+",
                            models.Value(Decimal("0.005")),
                        ),
                    ),
                ),
                name="line_adds_up",
            ),
        ),
        migrations.AddIndex(
            model_name="payment",
            index=models.Index(fields=["hospital", "at", "id"], name="payments_of_hospital"),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.UniqueConstraint(fields=("hospital", "year", "sequence"), name="one_receipt_per_number"),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount__gt", 0), ("refunded__gte", 0), ("refunded__lte", models.F("amount"))),
                name="payment_adds_up",
            ),
        ),
        migrations.AddConstraint(
            model_name="refund",
            constraint=models.CheckConstraint(condition=models.Q(("amount__gt", 0)), name="refund_above_zero"),
        ),
        migrations.AddIndex(
            model_name="entry",
            index=models.Index(fields=["hospital", "account", "at"], name="entries_of_account"),
        ),
        migrations.AddConstraint(
            model_name="series",
            constraint=models.UniqueConstraint(fields=("hospital", "kind"), name="one_series_per_hospital_and_kind"),
        ),
    ]
