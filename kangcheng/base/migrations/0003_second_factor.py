"""Authenticators with sealed secrets, filled from the library's table, which held them in the clear and goes."""

import django.db.models.deletion
import django.utils.timezone
import django_otp.util
import kangcheng.base.personal
import kangcheng.kernel.ids
from django.conf import settings
from django.db import migrations, models


BEFORE = "otp_totp_totpdevice"
COLUMNS = ("user_id", "name", "confirmed", "key", "drift", "last_t")


def take_over(apps, editor):
    """Every authenticator goes on working. No page ever made one of other steps or digits than ours."""
    if BEFORE not in editor.connection.introspection.table_names():
        return
    model = apps.get_model("base", "Authenticator")
    with editor.connection.cursor() as sql:
        sql.execute(f"SELECT {', '.join(COLUMNS)} FROM {BEFORE}")  # noqa: S608  our own words
        model.objects.bulk_create(model(**dict(zip(COLUMNS, row, strict=True))) for row in sql.fetchall())
        sql.execute(f"DROP TABLE {BEFORE}")


class Migration(migrations.Migration):
    dependencies = [
        ("base", "0002_only_grows"),
    ]

    operations = [
        migrations.CreateModel(
            name="Authenticator",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=kangcheng.kernel.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, editable=False, verbose_name="写入时间"
                    ),
                ),
                (
                    "name",
                    models.CharField(help_text="The human-readable name of this device.", max_length=64),
                ),
                ("confirmed", models.BooleanField(default=True, help_text="Is this device ready for use?")),
                (
                    "throttling_failure_timestamp",
                    models.DateTimeField(
                        blank=True,
                        default=None,
                        help_text="A timestamp of the last failed verification attempt. Null if last attempt succeeded.",
                        null=True,
                    ),
                ),
                (
                    "throttling_failure_count",
                    models.PositiveIntegerField(default=0, help_text="Number of successive failed attempts."),
                ),
                (
                    "key",
                    kangcheng.base.personal.SealedTextField(
                        default=django_otp.util.random_hex, purpose="second-factor", verbose_name="密钥"
                    ),
                ),
                ("drift", models.SmallIntegerField(default=0, verbose_name="时钟偏差")),
                ("last_t", models.BigIntegerField(default=-1, verbose_name="最近验证码的时段")),
                (
                    "user",
                    models.ForeignKey(
                        help_text="The user that this device belongs to.",
                        on_delete=django.db.models.deletion.CASCADE,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "两步验证",
            },
        ),
        migrations.RunPython(take_over, migrations.RunPython.noop, elidable=True),
    ]
