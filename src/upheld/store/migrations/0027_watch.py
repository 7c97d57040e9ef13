"""Which programs carry work out, by when they last said so."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0025_hostile"),
    ]

    operations = [
        migrations.CreateModel(
            name="Program",
            fields=[
                ("owner", models.CharField(max_length=64, primary_key=True, serialize=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[("RUNNER", "Runner"), ("WORKER", "Worker"), ("STARTING", "Starting")],
                        max_length=12,
                    ),
                ),
                ("beat_at", models.DateTimeField()),
            ],
        ),
    ]
