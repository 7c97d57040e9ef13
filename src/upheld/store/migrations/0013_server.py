"""What the server keeps: arrivals, links, the outbox, approved copies, staff and their looks."""

import uuid

import django.db.models.deletion
from django.apps import apps
from django.db import migrations, models


class Migration(migrations.Migration):
    # Their tables refer to our accounts. Only the server has these apps; other commands do not.
    run_before = (
        [("account", "0001_initial"), ("mfa", "0001_initial")] if apps.is_installed("allauth.account") else []
    )

    dependencies = [
        ("store", "0012_file_copies"),
    ]

    operations = [
        migrations.CreateModel(
            name="Staff",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                ("email", models.EmailField(max_length=254, unique=True)),
                ("name", models.CharField(max_length=100, unique=True)),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("OFFICER", "officer"),
                            ("OPERATOR", "operator"),
                            ("SUPPORT", "support"),
                            ("AUDITOR", "auditor"),
                            ("ENGINEER", "engineer"),
                        ],
                        max_length=10,
                    ),
                ),
                ("is_active", models.BooleanField(default=True)),
                ("created_at", models.DateTimeField()),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Arrival",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("channel", models.CharField(choices=[("FORM", "Form")], max_length=10)),
                ("language", models.CharField(max_length=10)),
                ("rights", models.CharField(max_length=200)),
                ("key", models.CharField(max_length=32)),
                ("sealed_content", models.BinaryField()),
                ("address_digest", models.BinaryField(max_length=32)),
                ("received_at", models.DateTimeField()),
                ("verified_at", models.DateTimeField(null=True)),
                ("expires_at", models.DateTimeField()),
                (
                    "case",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="arrivals",
                        to="store.case",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Copy",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("approved_by", models.CharField(max_length=100)),
                ("approved_at", models.DateTimeField()),
                ("recipient", models.CharField(max_length=80)),
                ("sealed_identity", models.BinaryField()),
                ("not_before", models.DateTimeField()),
                ("failure", models.TextField(blank=True, default="")),
                (
                    "request",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="copy", to="store.request"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Link",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("digest", models.BinaryField(max_length=32, unique=True)),
                (
                    "purpose",
                    models.CharField(
                        choices=[
                            ("VERIFY", "Verify"),
                            ("FOLLOW", "Follow"),
                            ("ANSWER", "Answer"),
                            ("STAFF", "Staff"),
                        ],
                        max_length=10,
                    ),
                ),
                ("role", models.CharField(blank=True, default="", max_length=10)),
                ("created_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("used_at", models.DateTimeField(null=True)),
                (
                    "arrival",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="links",
                        to="store.arrival",
                    ),
                ),
                (
                    "task",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="links",
                        to="store.task",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Look",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("by", models.CharField(max_length=100)),
                ("at", models.DateTimeField()),
                ("what", models.CharField(max_length=40)),
                ("why", models.CharField(max_length=500)),
                (
                    "case",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="looks",
                        to="store.case",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Mail",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("VERIFY", "Verify"),
                            ("FOLLOW", "Follow"),
                            ("COPY_READY", "Copy Ready"),
                            ("DONE", "Done"),
                            ("TASK", "Task"),
                        ],
                        max_length=12,
                    ),
                ),
                ("about", models.CharField(blank=True, default="", max_length=80)),
                ("key", models.CharField(max_length=32)),
                ("sealed_content", models.BinaryField()),
                ("written_at", models.DateTimeField()),
                ("not_before", models.DateTimeField()),
                ("attempts", models.PositiveIntegerField(default=0)),
                ("failure", models.CharField(blank=True, default="", max_length=200)),
                ("sent_at", models.DateTimeField(null=True)),
                ("dropped_at", models.DateTimeField(null=True)),
                (
                    "arrival",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="mails",
                        to="store.arrival",
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="mails",
                        to="store.case",
                    ),
                ),
                (
                    "task",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="mails",
                        to="store.task",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="arrival",
            index=models.Index(fields=["address_digest", "received_at"], name="arrival_by_address"),
        ),
        migrations.AddIndex(
            model_name="arrival",
            index=models.Index(
                condition=models.Q(("verified_at__isnull", True)),
                fields=["received_at", "id"],
                name="arrival_unverified",
            ),
        ),
        migrations.AddConstraint(
            model_name="arrival",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("case__isnull", True), ("verified_at__isnull", True)),
                    models.Q(("case__isnull", False), ("verified_at__isnull", False)),
                    _connector="OR",
                ),
                name="arrival_verified_has_case",
            ),
        ),
        migrations.AddConstraint(
            model_name="link",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("arrival__isnull", False),
                        ("purpose__in", ["VERIFY", "FOLLOW"]),
                        ("role", ""),
                        ("task__isnull", True),
                    ),
                    models.Q(
                        ("arrival__isnull", True),
                        ("purpose", "ANSWER"),
                        ("role", ""),
                        ("task__isnull", False),
                    ),
                    models.Q(
                        ("arrival__isnull", True),
                        ("purpose", "STAFF"),
                        ("task__isnull", True),
                        models.Q(("role", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="link_is_about_one_thing",
            ),
        ),
        migrations.AddIndex(
            model_name="mail",
            index=models.Index(
                condition=models.Q(("dropped_at__isnull", True), ("sent_at__isnull", True)),
                fields=["not_before"],
                name="mail_ready",
            ),
        ),
        migrations.AddConstraint(
            model_name="mail",
            constraint=models.UniqueConstraint(
                condition=models.Q(("about", ""), _negated=True),
                fields=("kind", "about"),
                name="mail_told_once",
            ),
        ),
    ]
