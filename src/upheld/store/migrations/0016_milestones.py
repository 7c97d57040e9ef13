"""What of the first run and the first week is done or passed over, and what the start page counts by."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0015_checks"),
    ]

    operations = [
        migrations.CreateModel(
            name="Milestone",
            fields=[
                ("name", models.CharField(max_length=20, primary_key=True, serialize=False)),
                (
                    "state",
                    models.CharField(choices=[("DONE", "Done"), ("SKIPPED", "Skipped")], max_length=7),
                ),
                ("by", models.CharField(max_length=100)),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.AddIndex(
            model_name="request",
            index=models.Index(fields=["received_at"], name="request_received"),
        ),
        migrations.AddIndex(
            model_name="request",
            index=models.Index(fields=["finished_at"], name="request_finished"),
        ),
        migrations.AddIndex(
            model_name="request",
            index=models.Index(
                condition=models.Q(("state__in", ["OPEN", "IN_PROGRESS"])),
                fields=["target_date"],
                name="request_unfinished",
            ),
        ),
    ]
