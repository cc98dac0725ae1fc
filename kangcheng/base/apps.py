"""Django app of the module `base`."""

from django.apps import AppConfig


class BaseConfig(AppConfig):
    name = "kangcheng.base"
    label = "base"
    verbose_name = "基础"

    def ready(self) -> None:
        from django.conf import settings

        from kangcheng.base import files, personal
        from kangcheng.base.keys import key_ring

        personal.use(key_ring(settings.KEY_FILE), source=settings.KEY_FILE)
        files.use(settings.FILES_FOLDER)
