"""Django app of the module `portal`."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "kangcheng.portal"
    label = "portal"
    verbose_name = "门户"
