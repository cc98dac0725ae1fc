"""Django app of the module `access`."""

from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "kangcheng.access"
    label = "access"
    verbose_name = "访问控制"

    def ready(self) -> None:
        from django.conf import settings

        from kangcheng.access import periods

        periods.use(periods.from_pack(settings.CITY_PACK, settings.PACKS_FOLDER))
