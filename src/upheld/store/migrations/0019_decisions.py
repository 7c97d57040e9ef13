"""What is decided on a request, pauses, notes, assignment, and who of two agreed."""

import uuid

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0018_letters"),
    ]

    operations = [
        migrations.AddField(
            model_name="case",
            name="assigned_to",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="cases",
                to="store.staff",
            ),
        ),
        migrations.AlterField(
            model_name="mail",
            name="kind",
            field=models.CharField(
                choices=[
                    ("VERIFY", "Verify"),
                    ("FOLLOW", "Follow"),
                    ("COPY_READY", "Copy Ready"),
                    ("DONE", "Done"),
                    ("TASK", "Task"),
                    ("EXTENDED", "Extended"),
                    ("REFUSED", "Refused"),
                    ("WITHDRAWN", "Withdrawn"),
                    ("AGREE", "Agree"),
                ],
                max_length=12,
            ),
        ),
        migrations.CreateModel(
            name="Note",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("by", models.CharField(max_length=100)),
                ("at", models.DateTimeField()),
                ("sealed_words", models.BinaryField()),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="notes", to="store.case"
                    ),
                ),
            ],
            options={
                "ordering": ("at", "id"),
            },
        ),
        migrations.CreateModel(
            name="Agreement",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                (
                    "matter",
                    models.CharField(
                        choices=[
                            ("LIMITS", "going beyond a limit"),
                            ("UNDO", "an undo beyond a limit"),
                            ("REFUSAL", "a refusal"),
                            ("STOP", "lifting the stop"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "rule",
                    models.CharField(
                        choices=[
                            ("COLLEAGUE", "a second member of staff"),
                            ("OUTSIDE", "somebody outside"),
                            ("COOLING", "the same person, later"),
                        ],
                        max_length=10,
                    ),
                ),
                ("what", models.CharField(max_length=64)),
                ("said", models.CharField(max_length=500)),
                ("reason", models.CharField(max_length=500)),
                ("sealed_content", models.BinaryField(null=True)),
                ("asked_by", models.CharField(max_length=100)),
                ("asked_at", models.DateTimeField()),
                ("not_before", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("link_digest", models.BinaryField(max_length=32, null=True, unique=True)),
                ("agreed_by", models.CharField(blank=True, default="", max_length=100)),
                ("agreed_at", models.DateTimeField(null=True)),
                ("declined_by", models.CharField(blank=True, default="", max_length=100)),
                ("declined_at", models.DateTimeField(null=True)),
                ("used_at", models.DateTimeField(null=True)),
                (
                    "request",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="agreements",
                        to="store.request",
                    ),
                ),
                (
                    "stop",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="agreements",
                        to="store.stop",
                    ),
                ),
            ],
            options={
                "ordering": ("asked_at", "id"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("request__isnull", False), ("stop__isnull", True)),
                            models.Q(("request__isnull", True), ("stop__isnull", False)),
                            _connector="OR",
                        ),
                        name="agreement_is_about_one_thing",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="agreement_has_reason"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("agreed_at__isnull", True),
                            ("rule", "COOLING"),
                            models.Q(("agreed_by", models.F("asked_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="agreement_is_of_two",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("agreed_at__isnull", True),
                            ("agreed_at__gte", models.F("not_before")),
                            _connector="OR",
                        ),
                        name="agreement_waited",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("used_at__isnull", True),
                            models.Q(("agreed_at__isnull", False), ("declined_at__isnull", True)),
                            _connector="OR",
                        ),
                        name="agreement_used_was_given",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Decision",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("EXTEND", "More time taken"),
                            ("REFUSE", "Refused"),
                            ("WITHDRAW", "Taken back"),
                            ("PAUSE", "Identity asked for"),
                            ("RESUME", "Identity shown"),
                            ("RETURN", "To be put back"),
                        ],
                        max_length=10,
                    ),
                ),
                ("code", models.CharField(blank=True, default="", max_length=40)),
                ("systems", models.JSONField(default=list)),
                ("sealed_words", models.BinaryField()),
                ("by", models.CharField(max_length=100)),
                ("at", models.DateTimeField()),
                ("told_on", models.DateField(null=True)),
                ("former_target", models.DateField(null=True)),
                ("former_legal", models.DateField(null=True)),
                ("done_at", models.DateTimeField(null=True)),
                (
                    "request",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="decisions",
                        to="store.request",
                    ),
                ),
            ],
            options={
                "ordering": ("at", "id"),
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("kind__in", ["EXTEND", "REFUSE", "WITHDRAW"])),
                        fields=("request", "kind"),
                        name="decision_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("by", ""), _negated=True), name="decision_has_a_name"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind__in", ["EXTEND", "REFUSE"]), _negated=True),
                            models.Q(("code", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="decision_has_a_ground",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Pause",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("asked_on", models.DateField()),
                ("answered_on", models.DateField(null=True)),
                (
                    "request",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="pauses", to="store.request"
                    ),
                ),
            ],
            options={
                "ordering": ("asked_on", "id"),
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("answered_on__isnull", True)),
                        fields=("request",),
                        name="pause_one_open",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("answered_on__isnull", True),
                            ("answered_on__gte", models.F("asked_on")),
                            _connector="OR",
                        ),
                        name="pause_ends_after_it_began",
                    ),
                ],
            },
        ),
    ]
