import uuid

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0027_watch"),
    ]

    operations = [
        migrations.AddField(
            model_name="arrival",
            name="reachable",
            field=models.BooleanField(default=True),
        ),
        migrations.AlterField(
            model_name="arrival",
            name="channel",
            field=models.CharField(
                choices=[
                    ("FORM", "Form"),
                    ("EMAIL", "e-mail"),
                    ("LETTER", "letter"),
                    ("FAX", "fax"),
                    ("TELEPHONE", "telephone"),
                    ("VISIT", "in person"),
                    ("PROGRAM", "a program"),
                ],
                max_length=10,
            ),
        ),
        migrations.AlterField(
            model_name="communication",
            name="channel",
            field=models.CharField(
                choices=[
                    ("FORM", "Form"),
                    ("EMAIL", "e-mail"),
                    ("LETTER", "letter"),
                    ("FAX", "fax"),
                    ("TELEPHONE", "telephone"),
                    ("VISIT", "in person"),
                    ("PROGRAM", "a program"),
                ],
                max_length=10,
            ),
        ),
        migrations.AlterField(
            model_name="verification",
            name="method",
            field=models.CharField(
                choices=[
                    ("LINK", "LINK"),
                    ("MAIL", "MAIL"),
                    ("SIGN_IN", "SIGN_IN"),
                    ("DATA_POINTS", "DATA_POINTS"),
                    ("DECLARATION", "DECLARATION"),
                    ("JUDGEMENT", "JUDGEMENT"),
                    ("ORDER", "ORDER"),
                    ("PROGRAM", "PROGRAM"),
                ],
                max_length=12,
            ),
        ),
        migrations.CreateModel(
            name="Token",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("name", models.CharField(max_length=60)),
                ("digest", models.BinaryField(max_length=32, unique=True)),
                ("submits", models.BooleanField(default=False)),
                ("reads", models.BooleanField(default=False)),
                (
                    "trusted",
                    models.PositiveSmallIntegerField(
                        choices=[(0, "None"), (1, "Reasonable"), (2, "High")], default=0
                    ),
                ),
                ("created_by", models.CharField(max_length=100)),
                ("created_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("revoked_by", models.CharField(blank=True, default="", max_length=100)),
                ("revoked_at", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("submits", True), models.Q(("reads", True), ("trusted", 0)), _connector="OR"
                        ),
                        name="token_may_something",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Submission",
            fields=[
                (
                    "arrival",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="submission",
                        serialize=False,
                        to="store.arrival",
                    ),
                ),
                ("rule_at", models.DateTimeField(null=True)),
                ("left", models.CharField(blank=True, default="", max_length=20)),
                (
                    "request",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="submissions",
                        to="store.request",
                    ),
                ),
                (
                    "token",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="submissions",
                        to="store.token",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("rule_at__isnull", False)),
                        fields=["rule_at"],
                        name="submission_for_rule",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="TokenUse",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField()),
                ("what", models.CharField(max_length=10)),
                ("status", models.PositiveSmallIntegerField()),
                ("people", models.PositiveSmallIntegerField(default=0)),
                ("key_digest", models.BinaryField(max_length=32, null=True)),
                ("body_digest", models.BinaryField(max_length=32, null=True)),
                ("results", models.JSONField(default=list)),
                (
                    "token",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="uses", to="store.token"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["at"], name="token_use_at")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("key_digest__isnull", False)),
                        fields=("token", "key_digest"),
                        name="token_use_once",
                    )
                ],
            },
        ),
    ]
