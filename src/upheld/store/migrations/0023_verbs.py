"""What an objection is to, and that it was upheld."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0022_dispatch"),
    ]

    operations = [
        migrations.AddField(
            model_name="request",
            name="against",
            field=models.CharField(blank=True, default="", max_length=10),
        ),
        migrations.AddConstraint(
            model_name="request",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("against", ""),
                    models.Q(("against__in", ("marketing", "use")), ("right", "OBJECTION")),
                    _connector="OR",
                ),
                name="request_against_is_an_objections",
            ),
        ),
        migrations.RemoveConstraint(model_name="decision", name="decision_once"),
        migrations.AlterField(
            model_name="decision",
            name="kind",
            field=models.CharField(
                choices=[
                    ("EXTEND", "More time taken"),
                    ("REFUSE", "Refused"),
                    ("WITHDRAW", "Taken back"),
                    ("PAUSE", "Identity asked for"),
                    ("RESUME", "Identity shown"),
                    ("RETURN", "To be put back"),
                    ("UPHOLD", "Upheld"),
                ],
                max_length=10,
            ),
        ),
        migrations.AddConstraint(
            model_name="decision",
            constraint=models.UniqueConstraint(
                condition=models.Q(("kind__in", ["EXTEND", "REFUSE", "WITHDRAW", "UPHOLD"])),
                fields=("request", "kind"),
                name="decision_once",
            ),
        ),
    ]
