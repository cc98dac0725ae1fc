"""Django app of the module `work`."""

from django.apps import AppConfig


class WorkConfig(AppConfig):
    name = "kangcheng.work"
    label = "work"
    verbose_name = "工作"

    def ready(self) -> None:
        from django.conf import settings

        from kangcheng.work.registers import source

        source.use(source.Source(settings.CITY_PACK, settings.PACKS_FOLDER))
