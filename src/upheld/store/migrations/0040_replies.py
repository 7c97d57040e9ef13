"""Answers to our mails are filed into the case that they belong to."""

import uuid

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0039_queue_by_date"),
    ]

    operations = [
        migrations.CreateModel(
            name="Reply",
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
                            ("PROGRAM", "a program"),
                        ],
                        max_length=10,
                    ),
                ),
                ("sealed_original", models.BinaryField()),
                ("came_at", models.DateTimeField()),
                ("filed_at", models.DateTimeField()),
                ("filed_by", models.CharField(max_length=100)),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="replies", to="store.case"
                    ),
                ),
                (
                    "task",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="replies",
                        to="store.task",
                    ),
                ),
            ],
            options={"ordering": ("came_at", "id")},
        ),
    ]
