"""Who writes a copy, when a part was begun and why it waits, and which folders belong to the records."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0021_centre"),
    ]

    operations = [
        migrations.CreateModel(
            name="Installation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("folder", models.CharField(max_length=64)),
                ("keys", models.CharField(max_length=64)),
                ("made_at", models.DateTimeField()),
                ("due_at", models.DateTimeField(null=True)),
                ("minder", models.CharField(blank=True, default="", max_length=64)),
                ("minded_until", models.DateTimeField(null=True)),
            ],
        ),
        migrations.AddField(
            model_name="copy",
            name="leased_until",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="copy",
            name="owner",
            field=models.CharField(blank=True, default="", max_length=64),
        ),
        migrations.AddField(
            model_name="fulfilment",
            name="later",
            field=models.CharField(
                blank=True,
                choices=[
                    ("QUIET", "Quiet"),
                    ("RATE", "Rate"),
                    ("CONCURRENCY", "Concurrency"),
                    ("TOGETHER", "Together"),
                ],
                default="",
                max_length=12,
            ),
        ),
        migrations.AddField(
            model_name="fulfilment",
            name="taken_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddIndex(
            model_name="fulfilment",
            index=models.Index(
                condition=models.Q(("taken_at__isnull", False)),
                fields=["system", "taken_at"],
                name="fulfilment_taken",
            ),
        ),
    ]
