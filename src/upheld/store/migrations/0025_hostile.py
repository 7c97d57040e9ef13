"""The outbox lists what was not sent; without this it goes through every mail that ever was."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = (("store", "0024_signin"),)

    operations = (
        migrations.AddIndex(
            model_name="mail",
            index=models.Index(
                condition=models.Q(("sent_at__isnull", True)), fields=["written_at"], name="mail_unsent"
            ),
        ),
    )
