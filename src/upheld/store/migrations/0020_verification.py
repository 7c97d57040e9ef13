"""How sure it is who asks, and how sure it must be.

Requests from before there were levels: what is in progress or finished stays as it was approved, with nothing
needed. What is still open needs what its law asks at low risk, and has what its link proved.
"""

import uuid
from datetime import timedelta

import django.db.models.deletion
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

LEVELS = [(0, "None"), (1, "Reasonable"), (2, "High")]
METHODS = [
    (each, each) for each in ("LINK", "MAIL", "SIGN_IN", "DATA_POINTS", "DECLARATION", "JUDGEMENT", "ORDER")
]
UNPROVEN = ("OPEN", "DENIED", "REVOKED", "EXPIRED")
SHOWING = ("ACCESS", "PORTABILITY")


def weigh(apps: StateApps, _editor: BaseDatabaseSchemaEditor) -> None:
    request, verification = apps.get_model("store", "Request"), apps.get_model("store", "Verification")
    for each in request.objects.filter(state="OPEN").iterator():
        californian = each.pack.startswith("ccpa/")
        each.needed = 2 if californian and each.right in SHOWING else 1
        arrival = each.case.arrivals.filter(verified_at__isnull=False).order_by("verified_at").last()
        if arrival is not None:
            each.reached = 0 if californian else 1
            verification.objects.create(
                request=each,
                method="LINK",
                level=each.reached,
                by="the person, by her link",
                at=arrival.verified_at,
                expires_at=arrival.verified_at + timedelta(days=92),
            )
        each.save(update_fields=["needed", "reached"])


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0019_decisions"),
    ]

    operations = [
        migrations.CreateModel(
            name="Doubt",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("by", models.CharField(max_length=100)),
                ("at", models.DateTimeField()),
                ("sealed_why", models.BinaryField()),
                ("raised", models.BooleanField(default=False)),
                ("kinds", models.CharField(blank=True, default="", max_length=300)),
                ("declaration", models.BooleanField(default=False)),
                ("expires_at", models.DateTimeField(null=True)),
                ("answered_at", models.DateTimeField(null=True)),
                ("sealed_answers", models.BinaryField(null=True)),
                ("not_before", models.DateTimeField(null=True)),
                ("compared_at", models.DateTimeField(null=True)),
                ("failure", models.CharField(blank=True, default="", max_length=200)),
            ],
        ),
        migrations.CreateModel(
            name="Verification",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("method", models.CharField(choices=METHODS, max_length=12)),
                ("points", models.PositiveSmallIntegerField(default=0)),
                ("grants", models.PositiveSmallIntegerField(choices=LEVELS, default=0)),
                ("level", models.PositiveSmallIntegerField(choices=LEVELS)),
                ("by", models.CharField(max_length=100)),
                ("at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("sealed_details", models.BinaryField(null=True)),
            ],
        ),
        migrations.AddField(
            model_name="request",
            name="needed",
            field=models.PositiveSmallIntegerField(choices=LEVELS, default=0),
        ),
        migrations.AddField(
            model_name="request",
            name="reached",
            field=models.PositiveSmallIntegerField(choices=LEVELS, default=0),
        ),
        migrations.AddConstraint(
            model_name="request",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", UNPROVEN), ("reached__gte", models.F("needed")), _connector="OR"
                ),
                name="request_is_proven",
            ),
        ),
        migrations.AddField(
            model_name="doubt",
            name="request",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="doubts", to="store.request"
            ),
        ),
        migrations.AddField(
            model_name="verification",
            name="request",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="verifications", to="store.request"
            ),
        ),
        migrations.AddIndex(
            model_name="doubt",
            index=models.Index(
                condition=models.Q(("sealed_answers__isnull", False)),
                fields=["not_before"],
                name="doubt_to_compare",
            ),
        ),
        migrations.AddConstraint(
            model_name="doubt",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("declaration", False), ("expires_at__isnull", True), ("kinds", "")),
                    models.Q(
                        models.Q(
                            models.Q(("kinds", ""), _negated=True), ("declaration", True), _connector="OR"
                        ),
                        ("expires_at__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="doubt_asks_until",
            ),
        ),
        migrations.AddConstraint(
            model_name="doubt",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("compared_at__isnull", True), ("sealed_answers__isnull", True), _connector="OR"
                ),
                name="doubt_compared_is_emptied",
            ),
        ),
        migrations.AddConstraint(
            model_name="doubt",
            constraint=models.UniqueConstraint(
                condition=models.Q(("sealed_answers__isnull", False)),
                fields=("request",),
                name="doubt_one_to_compare",
            ),
        ),
        migrations.AddConstraint(
            model_name="verification",
            constraint=models.CheckConstraint(
                condition=models.Q(("level__gte", models.F("grants"))), name="verification_worth_its_grant"
            ),
        ),
        migrations.AddConstraint(
            model_name="verification",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("method", "JUDGEMENT"), _negated=True),
                    ("sealed_details__isnull", False),
                    _connector="OR",
                ),
                name="verification_judgement_has_reason",
            ),
        ),
        migrations.AlterField(
            "request", "needed", models.PositiveSmallIntegerField(choices=LEVELS, default=2)
        ),
        migrations.AlterField(
            "mail",
            "kind",
            models.CharField(
                choices=[
                    ("VERIFY", "Verify"),
                    ("FOLLOW", "Follow"),
                    ("COPY_READY", "Copy Ready"),
                    ("DONE", "Done"),
                    ("TASK", "Task"),
                    ("PROVE", "Prove"),
                ],
                max_length=12,
            ),
        ),
        # Last: rows of a table with deferred references must not be followed by a change of it.
        migrations.RunPython(weigh, migrations.RunPython.noop),
    ]
