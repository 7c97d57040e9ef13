"""What the server's environment leaves open can be said in the console; and a mail that only tries the way."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0042_tries"),
    ]

    operations = [
        migrations.AlterField(
            model_name="mail",
            name="kind",
            field=models.CharField(
                choices=[
                    ("VERIFY", "Verify"),
                    ("ACKNOWLEDGE", "Acknowledge"),
                    ("FOLLOW", "Follow"),
                    ("COPY_READY", "Copy Ready"),
                    ("DONE", "Done"),
                    ("TASK", "Task"),
                    ("EXTENDED", "Extended"),
                    ("REFUSED", "Refused"),
                    ("WITHDRAWN", "Withdrawn"),
                    ("AGREE", "Agree"),
                    ("PROVE", "Prove"),
                    ("LETTER", "Letter"),
                    ("OVERDUE", "Overdue"),
                    ("ALARM", "Alarm"),
                    ("DIGEST", "Digest"),
                    ("OTHER", "Other"),
                    ("QUESTION", "Question"),
                    ("REMINDER", "Reminder"),
                    ("TEST", "Test"),
                ],
                max_length=12,
            ),
        ),
        migrations.CreateModel(
            name="HouseSetting",
            fields=[
                ("name", models.CharField(max_length=101, primary_key=True, serialize=False)),
                ("plain", models.CharField(blank=True, default="", max_length=500)),
                ("key", models.CharField(blank=True, default="", max_length=32)),
                ("sealed_content", models.BinaryField(default=b"")),
                ("by", models.CharField(max_length=100)),
                ("at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("key", ""), ("sealed_content", b""), models.Q(("plain", ""), _negated=True)
                            ),
                            models.Q(
                                models.Q(("key", ""), _negated=True),
                                models.Q(("sealed_content", b""), _negated=True),
                                ("plain", ""),
                            ),
                            _connector="OR",
                        ),
                        name="house_setting_is_plain_or_sealed",
                    )
                ],
            },
        ),
    ]
