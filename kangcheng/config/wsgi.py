"""The WSGI application that granian serves."""

from django.core.wsgi import get_wsgi_application

from kangcheng.config.boot import boot

boot(serving=True)
application = get_wsgi_application()
