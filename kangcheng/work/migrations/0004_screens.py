import django.utils.timezone
from django.db import migrations, models

import kangcheng.kernel.ids


class Migration(migrations.Migration):
    dependencies = [("work", "0003_processes_tasks_notices")]

    operations = [
        migrations.CreateModel(
            name="ScreenFetch",
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
                ("institution_id", models.UUIDField(unique=True, verbose_name="机构")),
                ("fetched_at", models.DateTimeField(verbose_name="最近取用")),
                ("times", models.BigIntegerField(default=1, verbose_name="取用次数")),
            ],
            options={"verbose_name": "显示屏取用"},
        ),
    ]
