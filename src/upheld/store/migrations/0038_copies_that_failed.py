"""Of a copy that failed it is known how, how often and in which systems. What was noted until now did not tell
a failure from an owner who has her time: it is forgotten, and each of them is tried again at its next time."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0037_owing"),
    ]

    operations = [
        migrations.RenameField(model_name="copy", old_name="failure", new_name="failure_text"),
        migrations.AddField(
            model_name="copy",
            name="failure",
            field=models.CharField(
                blank=True,
                choices=[
                    ("TRANSIENT", "Transient"),
                    ("PERMANENT", "Permanent"),
                    ("MISCONFIGURED", "Misconfigured"),
                ],
                default="",
                max_length=14,
            ),
        ),
        migrations.AddField(
            model_name="copy",
            name="attempt",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="copy",
            name="failed",
            field=models.JSONField(blank=True, default=list),
        ),
        migrations.RunSQL("UPDATE store_copy SET failure_text = ''", migrations.RunSQL.noop),
        migrations.AddIndex(
            model_name="copy",
            index=models.Index(
                condition=models.Q(("failure__gt", "")), fields=["request"], name="copy_failed"
            ),
        ),
    ]
