"""Django app of the module `work`."""

from django.apps import AppConfig


class WorkConfig(AppConfig):
    name = "kangcheng.work"
    label = "work"
    verbose_name = "工作"
