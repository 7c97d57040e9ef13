"""Tries to log in are counted in the records; an alarm says that the ledger did not hold."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0041_ledger_checks"),
    ]

    operations = [
        migrations.CreateModel(
            name="Tries",
            fields=[
                ("digest", models.BinaryField(max_length=32, primary_key=True, serialize=False)),
                ("content", models.JSONField()),
                ("ends_at", models.DateTimeField(db_index=True)),
            ],
        ),
        migrations.AlterField(
            model_name="alarm",
            name="event",
            field=models.CharField(
                choices=[
                    ("case.new", "Case New"),
                    ("case.needs_you", "Case Needs You"),
                    ("target.near", "Target Near"),
                    ("target.passed", "Target Passed"),
                    ("owner.overdue", "Owner Overdue"),
                    ("system.failed", "System Failed"),
                    ("agreement.expiring", "Agreement Expiring"),
                    ("ledger.broken", "Ledger Broken"),
                ],
                max_length=20,
            ),
        ),
    ]
