"""Messages that come in beside the form, and what an arrival keeps of one."""

import uuid

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0016_milestones"),
    ]

    operations = [
        migrations.AddField(
            model_name="arrival",
            name="judged_by",
            field=models.CharField(blank=True, default="", max_length=100),
        ),
        migrations.AddField(
            model_name="arrival",
            name="regime",
            field=models.CharField(blank=True, default="", max_length=20),
        ),
        migrations.AddField(
            model_name="arrival",
            name="sealed_original",
            field=models.BinaryField(default=b""),
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
                ],
                max_length=10,
            ),
        ),
        migrations.AlterField(
            model_name="mail",
            name="kind",
            field=models.CharField(
                choices=[
                    ("VERIFY", "Verify"),
                    ("ACKNOWLEDGE", "Acknowledge"),
                    ("FOLLOW", "Follow"),
                    ("COPY_READY", "Copy Ready"),
                    ("DONE", "Done"),
                    ("TASK", "Task"),
                ],
                max_length=12,
            ),
        ),
        migrations.CreateModel(
            name="Communication",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                (
                    "channel",
                    models.CharField(
                        choices=[
                            ("FORM", "Form"),
                            ("EMAIL", "e-mail"),
                            ("LETTER", "letter"),
                            ("FAX", "fax"),
                            ("TELEPHONE", "telephone"),
                            ("VISIT", "in person"),
                        ],
                        max_length=10,
                    ),
                ),
                ("key", models.CharField(max_length=32)),
                ("sealed_original", models.BinaryField()),
                ("kept_at", models.DateTimeField()),
                ("kept_by", models.CharField(max_length=100)),
                ("closed_at", models.DateTimeField(null=True)),
                ("closed_by", models.CharField(blank=True, default="", max_length=100)),
                (
                    "reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("NOT_A_REQUEST", "it asks for nothing of the kind"),
                            ("SPAM", "spam"),
                            ("HERE_ALREADY", "the same message is here already"),
                        ],
                        default="",
                        max_length=20,
                    ),
                ),
                ("destroy_at", models.DateTimeField(db_index=True, null=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("closed_at__isnull", True), ("destroy_at__isnull", True), ("reason", "")
                            ),
                            models.Q(
                                ("closed_at__isnull", False),
                                ("destroy_at__isnull", False),
                                models.Q(("reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="communication_closed_has_reason",
                    )
                ],
            },
        ),
    ]
