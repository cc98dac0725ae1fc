"""Django app of the module `registry`."""

from django.apps import AppConfig


class RegistryConfig(AppConfig):
    name = "kangcheng.registry"
    label = "registry"
    verbose_name = "人口与机构"

    def ready(self) -> None:
        from django.conf import settings

        from kangcheng.registry import vocabulary
        from kangcheng.registry.matching import thresholds
        from kangcheng.registry.reach import limits

        vocabulary.use(vocabulary.from_pack(settings.CITY_PACK, settings.PACKS_FOLDER))
        thresholds.use(thresholds.from_pack(settings.CITY_PACK, settings.PACKS_FOLDER))
        limits.use(limits.from_pack(settings.CITY_PACK, settings.PACKS_FOLDER))
