"""Letters of the organisation in the outbox, and alarms."""

import uuid

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0017_intake"),
    ]

    operations = [
        migrations.CreateModel(
            name="Alarm",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                (
                    "event",
                    models.CharField(
                        choices=[
                            ("case.new", "Case New"),
                            ("case.needs_you", "Case Needs You"),
                            ("target.near", "Target Near"),
                            ("target.passed", "Target Passed"),
                            ("owner.overdue", "Owner Overdue"),
                            ("system.failed", "System Failed"),
                            ("agreement.expiring", "Agreement Expiring"),
                        ],
                        max_length=20,
                    ),
                ),
                ("about", models.CharField(max_length=120)),
                ("day", models.DateField(null=True)),
                ("raised_at", models.DateTimeField()),
                ("call_at", models.DateTimeField(null=True)),
                ("attempts", models.PositiveIntegerField(default=0)),
                ("called_at", models.DateTimeField(null=True)),
                ("given_up_at", models.DateTimeField(null=True)),
                ("failure", models.CharField(blank=True, default="", max_length=200)),
            ],
        ),
        migrations.AddField(
            model_name="mail",
            name="by",
            field=models.CharField(blank=True, default="", max_length=100),
        ),
        migrations.AddField(
            model_name="mail",
            name="letter",
            field=models.CharField(blank=True, default="", max_length=40),
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
                    ("LETTER", "Letter"),
                    ("OVERDUE", "Overdue"),
                    ("ALARM", "Alarm"),
                    ("DIGEST", "Digest"),
                ],
                max_length=12,
            ),
        ),
        migrations.AddIndex(
            model_name="fulfilment",
            index=models.Index(
                condition=models.Q(("state", "FAILED")), fields=["request"], name="fulfilment_failed"
            ),
        ),
        migrations.AddIndex(
            model_name="task",
            index=models.Index(
                condition=models.Q(("answered_at__isnull", True)), fields=["due_on"], name="task_open"
            ),
        ),
        migrations.AddField(
            model_name="alarm",
            name="case",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="alarms", to="store.case"
            ),
        ),
        migrations.AddField(
            model_name="alarm",
            name="request",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="alarms",
                to="store.request",
            ),
        ),
        migrations.AddIndex(
            model_name="alarm",
            index=models.Index(
                condition=models.Q(
                    ("call_at__isnull", False), ("called_at__isnull", True), ("given_up_at__isnull", True)
                ),
                fields=["call_at"],
                name="alarm_to_call",
            ),
        ),
        migrations.AddConstraint(
            model_name="alarm",
            constraint=models.UniqueConstraint(fields=("event", "about"), name="alarm_once"),
        ),
    ]
