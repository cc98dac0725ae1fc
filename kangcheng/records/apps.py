"""Django app of the module `records`."""

from django.apps import AppConfig


class RecordsConfig(AppConfig):
    name = "kangcheng.records"
    label = "records"
    verbose_name = "健康档案"
