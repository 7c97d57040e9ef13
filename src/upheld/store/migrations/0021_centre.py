"""Messages that wait for staff, links to other addresses, questions with their answers, counts of rates."""

import uuid

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0020_verification"),
    ]

    operations = [
        migrations.CreateModel(
            name="Enclosure",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("kind", models.CharField(max_length=10)),
                ("sealed_name", models.BinaryField()),
                ("size", models.PositiveBigIntegerField()),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Pace",
            fields=[
                ("digest", models.BinaryField(max_length=32, primary_key=True, serialize=False)),
                ("many", models.PositiveIntegerField(default=1)),
                ("ends_at", models.DateTimeField(db_index=True)),
            ],
        ),
        migrations.CreateModel(
            name="Question",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("WORDS", "Words"), ("IDENTIFIER", "Identifier")], max_length=10
                    ),
                ),
                ("sealed_text", models.BinaryField()),
                ("asked_at", models.DateTimeField()),
                ("asked_by", models.CharField(max_length=100)),
                ("sealed_answer", models.BinaryField(null=True)),
                ("answered_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.AddField(
            model_name="arrival",
            name="confirmed_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="arrival",
            name="waits_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="link",
            name="position",
            field=models.PositiveSmallIntegerField(default=0),
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
                    ("EXTENDED", "Extended"),
                    ("REFUSED", "Refused"),
                    ("WITHDRAWN", "Withdrawn"),
                    ("AGREE", "Agree"),
                    ("PROVE", "Prove"),
                    ("LETTER", "Letter"),
                    ("OVERDUE", "Overdue"),
                    ("ALARM", "Alarm"),
                    ("DIGEST", "Digest"),
                    ("OTHER", "Other"),
                    ("QUESTION", "Question"),
                    ("REMINDER", "Reminder"),
                ],
                max_length=12,
            ),
        ),
        migrations.AddIndex(
            model_name="arrival",
            index=models.Index(
                condition=models.Q(("waits_at__isnull", False)),
                fields=["waits_at", "id"],
                name="arrival_for_staff",
            ),
        ),
        migrations.AddField(
            model_name="question",
            name="case",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="questions", to="store.case"
            ),
        ),
        migrations.AddField(
            model_name="enclosure",
            name="question",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="enclosures", to="store.question"
            ),
        ),
        migrations.AddConstraint(
            model_name="question",
            constraint=models.UniqueConstraint(
                condition=models.Q(("kind", "IDENTIFIER")), fields=("case",), name="question_identifier_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="question",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("answered_at__isnull", True), ("sealed_answer__isnull", True)),
                    models.Q(("answered_at__isnull", False), ("sealed_answer__isnull", False)),
                    _connector="OR",
                ),
                name="question_answer_has_time",
            ),
        ),
    ]
