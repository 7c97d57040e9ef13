"""What the database enforces, and the indexes of what is waiting."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0001_records"),
    ]

    operations = [
        migrations.AddConstraint(
            model_name="part",
            constraint=models.UniqueConstraint(fields=("fulfilment", "position"), name="part_once"),
        ),
        migrations.AddConstraint(
            model_name="part",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "PREPARED")), fields=("fulfilment",), name="part_one_unsettled"
            ),
        ),
        migrations.AddConstraint(
            model_name="part",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "COMMITTED"), models.Q(("established", ""), _negated=True)),
                    models.Q(models.Q(("state", "COMMITTED"), _negated=True), ("established", "")),
                    _connector="OR",
                ),
                name="part_committed_is_established",
            ),
        ),
        migrations.AddConstraint(
            model_name="evidence",
            constraint=models.UniqueConstraint(
                condition=models.Q(("part__isnull", True)),
                fields=("fulfilment", "attempt"),
                name="evidence_one_verification",
            ),
        ),
        migrations.AddConstraint(
            model_name="evidence",
            constraint=models.CheckConstraint(
                condition=models.Q(("cls__in", ["A", "B", "C", "D", "E"])), name="evidence_class_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="request",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ("OPEN", "IN_PROGRESS"))),
                fields=("case", "right"),
                name="request_one_unfinished",
            ),
        ),
        migrations.AddConstraint(
            model_name="request",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("finished_at__isnull", True), ("state__in", ("OPEN", "IN_PROGRESS"))),
                    models.Q(
                        models.Q(("state__in", ("OPEN", "IN_PROGRESS")), _negated=True),
                        ("finished_at__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="request_finished_has_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="plan",
            constraint=models.UniqueConstraint(fields=("request", "version"), name="plan_version_once"),
        ),
        migrations.AddConstraint(
            model_name="plan",
            constraint=models.CheckConstraint(
                condition=models.Q(("allowed", []), models.Q(("reason", ""), _negated=True), _connector="OR"),
                name="plan_allowed_has_reason",
            ),
        ),
        migrations.AddIndex(
            model_name="package",
            index=models.Index(
                condition=models.Q(("removed_at__isnull", True)),
                fields=["expires_at"],
                name="package_expiring",
            ),
        ),
        migrations.AddIndex(
            model_name="fulfilment",
            index=models.Index(
                condition=models.Q(("state", "WAITING")), fields=["not_before"], name="fulfilment_ready"
            ),
        ),
        migrations.AddIndex(
            model_name="fulfilment",
            index=models.Index(
                condition=models.Q(("state", "RUNNING")), fields=["leased_until"], name="fulfilment_leased"
            ),
        ),
        migrations.AddConstraint(
            model_name="fulfilment",
            constraint=models.UniqueConstraint(fields=("request", "system"), name="fulfilment_once"),
        ),
        migrations.AddConstraint(
            model_name="fulfilment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "FAILED"), models.Q(("failure", ""), _negated=True)),
                    models.Q(models.Q(("state", "FAILED"), _negated=True), ("failure", "")),
                    _connector="OR",
                ),
                name="fulfilment_failure_fits_state",
            ),
        ),
        migrations.AddConstraint(
            model_name="fulfilment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "RUNNING"), _negated=True),
                    models.Q(("owner", ""), _negated=True),
                    _connector="OR",
                ),
                name="fulfilment_running_has_owner",
            ),
        ),
        migrations.AddConstraint(
            model_name="step",
            constraint=models.UniqueConstraint(fields=("plan", "position"), name="step_position_once"),
        ),
        migrations.AddConstraint(
            model_name="task",
            constraint=models.UniqueConstraint(fields=("fulfilment", "step"), name="task_once"),
        ),
        migrations.AddConstraint(
            model_name="task",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("answered_at__isnull", True),
                    models.Q(("answered_by", ""), _negated=True),
                    _connector="OR",
                ),
                name="task_answer_has_author",
            ),
        ),
    ]
