"""Pages for people; every page is added here by its area."""

from importlib import import_module

from django.urls import URLPattern, path

from kangcheng.portal import home
from kangcheng.portal.session import log_in, me

app_name = "portal"
AREAS = (
    "people",
    "records",
    "counter",
    "funds",
    "work",
    "open",
    "plan",
    "performance",
    "admin",
)  # each module lists its own addresses

urlpatterns: list[URLPattern] = [
    path("", home.home, name="home"),
    path("login/", log_in.log_in, name="login"),
    path("login/code/", log_in.second_factor, name="second_factor"),
    path("logout/", log_in.log_out, name="logout"),
    path("me/", me.me, name="me"),
    path("me/password/", me.password, name="password"),
    path("me/second-factor/", me.set_up_second_factor, name="set_up_second_factor"),
    path("me/second-factor/off/", me.drop_second_factor, name="drop_second_factor"),
]
for area in AREAS:
    urlpatterns += import_module(f"kangcheng.portal.{area}.urls").urlpatterns
