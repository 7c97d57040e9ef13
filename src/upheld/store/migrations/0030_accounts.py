"""Links that open an account of staff anew."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0029_house"),
    ]

    operations = [
        migrations.AddField(
            model_name="link",
            name="account",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="links",
                to="store.staff",
            ),
        ),
    ]
