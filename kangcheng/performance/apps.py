"""Django app of the module `performance`."""

from django.apps import AppConfig


class PerformanceConfig(AppConfig):
    name = "kangcheng.performance"
    label = "performance"
    verbose_name = "指标与报告"
