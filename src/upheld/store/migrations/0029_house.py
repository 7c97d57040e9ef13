"""Changes of the privacy folder from a page, what a page asks the runner for, and the second yes to a change."""

import uuid

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0028_api"),
    ]

    operations = [
        migrations.CreateModel(
            name="Errand",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(choices=[("LOOK", "Look"), ("DRAFT", "Draft")], max_length=5)),
                ("system", models.CharField(max_length=200)),
                ("connect", models.CharField(blank=True, default="", max_length=200)),
                ("by", models.CharField(max_length=100)),
                ("at", models.DateTimeField()),
                ("taken_at", models.DateTimeField(null=True)),
                ("done_at", models.DateTimeField(null=True)),
                ("failure", models.TextField(blank=True, default="")),
            ],
            options={
                "ordering": ("at", "id"),
            },
        ),
        migrations.CreateModel(
            name="Revision",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("file", models.CharField(max_length=300)),
                ("before", models.TextField(null=True)),
                ("text", models.TextField(null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[("OPEN", "Open"), ("WRITTEN", "Written"), ("DROPPED", "Dropped")],
                        default="OPEN",
                        max_length=8,
                    ),
                ),
                ("asked_by", models.CharField(max_length=100)),
                ("asked_at", models.DateTimeField()),
                ("done_by", models.CharField(blank=True, default="", max_length=100)),
                ("done_at", models.DateTimeField(null=True)),
            ],
            options={
                "ordering": ("asked_at", "id"),
            },
        ),
        migrations.RemoveConstraint(
            model_name="agreement",
            name="agreement_is_about_one_thing",
        ),
        migrations.AlterField(
            model_name="agreement",
            name="matter",
            field=models.CharField(
                choices=[
                    ("LIMITS", "going beyond a limit"),
                    ("UNDO", "an undo beyond a limit"),
                    ("REFUSAL", "a refusal"),
                    ("STOP", "lifting the stop"),
                    ("MAP", "a change of the map that allows more"),
                ],
                max_length=10,
            ),
        ),
        migrations.AddIndex(
            model_name="revision",
            index=models.Index(fields=["file", "asked_at"], name="revision_of_file"),
        ),
        migrations.AddConstraint(
            model_name="revision",
            constraint=models.CheckConstraint(
                condition=models.Q(("before__isnull", False), ("text__isnull", False), _connector="OR"),
                name="revision_of_something",
            ),
        ),
        migrations.AddConstraint(
            model_name="revision",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("done_at__isnull", True), ("state", "OPEN")),
                    models.Q(models.Q(("state", "OPEN"), _negated=True), ("done_at__isnull", False)),
                    _connector="OR",
                ),
                name="revision_is_open_or_done",
            ),
        ),
        migrations.AddField(
            model_name="errand",
            name="revision",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="errands",
                to="store.revision",
            ),
        ),
        migrations.AddField(
            model_name="agreement",
            name="revision",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="agreements",
                to="store.revision",
            ),
        ),
        migrations.AddConstraint(
            model_name="agreement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("request__isnull", False), ("revision__isnull", True), ("stop__isnull", True)),
                    models.Q(("request__isnull", True), ("revision__isnull", True), ("stop__isnull", False)),
                    models.Q(("request__isnull", True), ("revision__isnull", False), ("stop__isnull", True)),
                    _connector="OR",
                ),
                name="agreement_is_about_one_thing",
            ),
        ),
        migrations.AddConstraint(
            model_name="errand",
            constraint=models.UniqueConstraint(
                condition=models.Q(("done_at__isnull", True)), fields=("kind", "system"), name="errand_once"
            ),
        ),
    ]
