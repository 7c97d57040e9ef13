"""What finished requests still owe is found by an index of its own, so that a round of the runner does not go
through all that ever were. Those that are here already are seen through by the first round. And an account can
end what is open of it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0034_many"),
    ]

    operations = [
        migrations.AddField(
            model_name="request",
            name="seen_through_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="staff",
            name="sessions_ended_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddIndex(
            model_name="request",
            index=models.Index(
                condition=models.Q(("finished_at__isnull", False), ("seen_through_at__isnull", True)),
                fields=["finished_at"],
                name="request_owing",
            ),
        ),
    ]
