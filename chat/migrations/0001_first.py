"""Conversations of a patient and a doctor."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import healthstack.lib.clock
import healthstack.lib.fields
import healthstack.lib.keys


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0004_people"),
        ("doctors", "0002_joining"),
        ("patients", "0004_conditions"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Conversation",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=healthstack.lib.keys.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("last", models.PositiveIntegerField(default=0)),
                ("last_at", models.DateTimeField(default=healthstack.lib.clock.now)),
                ("begun_at", models.DateTimeField(default=healthstack.lib.clock.now)),
                (
                    "doctor",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="doctors.doctor",
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
                    ("begin_conversation", "Can begin a conversation in care"),
                    ("read_conversation", "Can read the own conversations"),
                ),
            },
        ),
        migrations.CreateModel(
            name="Cursor",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("read_to", models.PositiveIntegerField(default=0)),
                ("read_at", models.DateTimeField(default=healthstack.lib.clock.now)),
                (
                    "conversation",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="cursors",
                        to="chat.conversation",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Message",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=healthstack.lib.keys.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("sequence", models.PositiveIntegerField()),
                ("client_id", healthstack.lib.fields.ExactCharField(max_length=36)),
                ("text", models.TextField(blank=True, verbose_name="message")),
                ("sent_at", models.DateTimeField(default=healthstack.lib.clock.now)),
                (
                    "conversation",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="messages",
                        to="chat.conversation",
                    ),
                ),
                (
                    "file",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.storedfile",
                    ),
                ),
                (
                    "sender",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ("sequence",),
                "permissions": (("send_message", "Can write in the own conversations"),),
            },
        ),
        migrations.AddIndex(
            model_name="conversation",
            index=models.Index(fields=["patient", "last_at", "id"], name="chats_of_patient"),
        ),
        migrations.AddIndex(
            model_name="conversation",
            index=models.Index(fields=["doctor", "last_at", "id"], name="chats_of_doctor"),
        ),
        migrations.AddConstraint(
            model_name="conversation",
            constraint=models.UniqueConstraint(fields=("patient", "doctor"), name="one_conversation_per_pair"),
        ),
        migrations.AddConstraint(
            model_name="cursor",
            constraint=models.UniqueConstraint(fields=("conversation", "user"), name="one_cursor_per_person"),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(fields=["sender", "sent_at"], name="messages_of_sender"),
        ),
        migrations.AddConstraint(
            model_name="message",
            constraint=models.UniqueConstraint(fields=("conversation", "sequence"), name="one_message_per_number"),
        ),
        migrations.AddConstraint(
            model_name="message",
            constraint=models.UniqueConstraint(fields=("conversation", "client_id"), name="one_message_per_form"),
        ),
        migrations.AddConstraint(
            model_name="message",
            constraint=models.CheckConstraint(
                condition=models.Q(models.Q(("text", ""), _negated=True), ("file__isnull", False), _connector="OR"),
                name="message_says_something",
            ),
        ),
    ]
