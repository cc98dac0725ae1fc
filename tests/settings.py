"""Django settings of the tests: those of the project over data, keys and a database cluster of their own."""

import os
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]

# A developer's own database is never touched; another server for tests must be named as such.
os.environ.pop("DATABASE_URL", None)
if os.environ.get("KANGCHENG_TEST_DATABASE_URL"):
    os.environ["DATABASE_URL"] = os.environ["KANGCHENG_TEST_DATABASE_URL"]
# Every worker has a server of its own: an open transaction anywhere in a server holds back the outbox everywhere in it.
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "main")
# Each worker has a cluster of its own: an open transaction of another would hold the outbox back, as in one city.
data = Path(os.environ.get("KANGCHENG_TEST_DATA") or REPOSITORY / "var" / "test")
os.environ["KANGCHENG_DATA"] = str(data / os.environ.get("PYTEST_XDIST_WORKER", "alone"))
os.environ.setdefault("KANGCHENG_LOG", "ERROR")
# The browser's driver keeps an event loop in the thread of the tests; the database is still used by one thread only.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"

from kangcheng.config.settings import *  # noqa: E402, F403

# Weak on purpose: a test that logs in should not spend its time on the hash.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
