"""Who invited an account in the console, and which other colleague knows the person. Accounts from before count
as invited on the server."""

import django.db.models.deletion
from django.db import migrations, models


def to_staff(related_name: str) -> "models.ForeignKey[object, object]":
    return models.ForeignKey(
        null=True,
        on_delete=django.db.models.deletion.PROTECT,
        related_name=related_name,
        to="store.staff",
    )


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0030_accounts"),
    ]

    operations = [
        migrations.AddField("staff", "invited_by", to_staff("invited")),
        migrations.AddField("staff", "known_to", to_staff("knows")),
        migrations.AddField("link", "invited_by", to_staff("invitations")),
    ]
