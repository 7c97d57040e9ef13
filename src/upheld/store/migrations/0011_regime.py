"""The law of a request, pinned at its receipt, with its dates. Requests from before have none; those that are
unfinished get theirs at the next command, for only then is the organisation known."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0010_plan_steps"),
    ]

    operations = [
        migrations.AddField("request", "pack", models.CharField(default="", max_length=60)),
        migrations.AddField("request", "pack_digest", models.CharField(default="", max_length=64)),
        migrations.AddField("request", "calendar", models.CharField(default="", max_length=40)),
        migrations.AddField("request", "received_date", models.DateField(null=True)),
        migrations.AddField("request", "acknowledge_target_date", models.DateField(null=True)),
        migrations.AddField("request", "acknowledge_legal_date", models.DateField(null=True)),
        migrations.AddField("request", "target_date", models.DateField(null=True)),
        migrations.AddField("request", "legal_date", models.DateField(null=True)),
        migrations.AddConstraint(
            "request",
            models.CheckConstraint(
                name="request_pack_has_dates",
                condition=models.Q(pack="", target_date__isnull=True, legal_date__isnull=True)
                | (
                    ~models.Q(pack="")
                    & ~models.Q(pack_digest="")
                    & models.Q(
                        received_date__isnull=False, target_date__isnull=False, legal_date__isnull=False
                    )
                    & models.Q(target_date__lte=models.F("legal_date"))
                ),
            ),
        ),
    ]
