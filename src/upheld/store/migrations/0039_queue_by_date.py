"""Requests that are not finished are listed by our own date, a page at a time, in the order of an index."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0038_copies_that_failed"),
    ]

    operations = [
        migrations.RemoveIndex(model_name="request", name="request_unended"),
        migrations.AddIndex(
            model_name="request",
            index=models.Index(
                condition=models.Q(("finished_at__isnull", True)),
                fields=["target_date", "case"],
                name="request_unended",
            ),
        ),
    ]
