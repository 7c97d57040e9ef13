"""Whom an earlier request of a case was about, once a later one was identified anew."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0008_batches"),
    ]

    operations = [
        migrations.AddField(
            model_name="request",
            name="sealed_subject",
            field=models.BinaryField(null=True),
        ),
    ]
