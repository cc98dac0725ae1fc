"""Django app of the module `funds`."""

from django.apps import AppConfig


class FundsConfig(AppConfig):
    name = "kangcheng.funds"
    label = "funds"
    verbose_name = "基金"
