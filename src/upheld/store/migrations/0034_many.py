"""Indexes of what the console's lists begin with where there are very many cases: mails that were given up,
and requests that are not finished, the oldest first."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0033_invited"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="mail",
            index=models.Index(
                condition=models.Q(("dropped_at__isnull", False)),
                fields=["dropped_at"],
                name="mail_dropped",
            ),
        ),
        migrations.RemoveIndex(
            model_name="request",
            name="request_unfinished",
        ),
        migrations.AddIndex(
            model_name="request",
            index=models.Index(
                condition=models.Q(("finished_at__isnull", True)),
                fields=["target_date"],
                name="request_unended",
            ),
        ),
        migrations.AddIndex(
            model_name="request",
            index=models.Index(
                condition=models.Q(("finished_at__isnull", True)),
                fields=["received_at", "case"],
                name="request_waiting",
            ),
        ),
    ]
