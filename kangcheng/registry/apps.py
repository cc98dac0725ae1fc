"""Django app of the module `registry`."""

from django.apps import AppConfig


class RegistryConfig(AppConfig):
    name = "kangcheng.registry"
    label = "registry"
    verbose_name = "人口与机构"
