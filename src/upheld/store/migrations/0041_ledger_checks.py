"""Verifications of the whole ledger, ordered in the console and done by a runner."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0040_replies"),
    ]

    operations = [
        migrations.CreateModel(
            name="LedgerCheck",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("asked_at", models.DateTimeField()),
                ("asked_by", models.CharField(max_length=100)),
                ("size", models.PositiveBigIntegerField(null=True)),
                ("reached", models.PositiveBigIntegerField(default=0)),
                ("paused", models.JSONField(null=True)),
                ("done_at", models.DateTimeField(null=True)),
                ("ok", models.BooleanField(default=False)),
                ("checked", models.JSONField(default=list)),
                ("failures", models.JSONField(default=list)),
                ("limits", models.JSONField(default=list)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("done_at__isnull", False), ("ok", False), _connector="OR"),
                        name="ledger_check_holds_only_when_done",
                    )
                ],
            },
        ),
    ]
