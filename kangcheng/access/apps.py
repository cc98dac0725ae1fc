"""Django app of the module `access`."""

from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "kangcheng.access"
    label = "access"
    verbose_name = "访问控制"
