"""Which plan's steps stand already is looked up by their digest."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0009_earlier_subject"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="plan",
            index=models.Index(
                condition=models.Q(("same_as__isnull", True)), fields=["digest"], name="plan_steps"
            ),
        ),
    ]
