"""Sign-ins elsewhere that somebody began, to prove who she is."""

import uuid

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0023_verbs"),
    ]

    operations = [
        migrations.CreateModel(
            name="SignIn",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("provider", models.CharField(max_length=40)),
                ("digest", models.BinaryField(max_length=32, unique=True)),
                ("answer", models.BinaryField(max_length=32, null=True, unique=True)),
                ("sealed", models.BinaryField()),
                ("begun_at", models.DateTimeField()),
                ("returned_at", models.DateTimeField(null=True)),
                ("expires_at", models.DateTimeField(db_index=True)),
                (
                    "arrival",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sign_ins",
                        to="store.arrival",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("answer__isnull", True), ("returned_at__isnull", False), _connector="OR"
                        ),
                        name="sign_in_answers_what_returned",
                    )
                ],
            },
        ),
    ]
