"""The WSGI application that granian serves."""

from django.core.wsgi import get_wsgi_application

from kangcheng.config.boot import boot

boot(serving=True)

from kangcheng.gateway.fhir.machines_only import before  # noqa: E402  settings must be ready first

application = before(get_wsgi_application())
