"""Django app of the module `gateway`."""

from django.apps import AppConfig


class GatewayConfig(AppConfig):
    name = "kangcheng.gateway"
    label = "gateway"
    verbose_name = "接口"
