"""A made-up town with a near side and a far side, and readers with browsers on the near one."""

from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from kangcheng.base import files
from kangcheng.base.accounts import services as accounts
from kangcheng.base.accounts.types import system_actor
from tests.guard.world import World, build

BY = system_actor("test")
PASSWORD = "Lotus-Bridge-48"


@pytest.fixture
def world(db: Any, tmp_path: Any) -> World:
    """Two villages, two hospitals; on either side everything a page can show."""
    files.use(tmp_path)
    return build()


@pytest.fixture
def account(db: Any) -> Any:
    """Opens an account: account("cashier", place=..., area=..., person=...); more grants by `also`."""
    count = 0

    def make(role: str | None = None, *, place: Any = None, area: str = "", person: Any = None) -> Any:
        nonlocal count
        count += 1
        today = timezone.localdate()
        user = accounts.create_user(
            login=f"{role}-{count}", display_name=f"读者{count}", password=PASSWORD, person_id=person,
            must_change_password=False, by=BY, on=today,
        )  # fmt: skip
        if role:
            accounts.grant_role(user=user, role=role, institution_id=place, area_code=area, by=BY, on=today)
        return user

    return make


@pytest.fixture
def browser(account: Any) -> Any:
    """A logged-in client of a new account; `client.user` is whose it is."""

    def make(role: str | None = None, **where: Any) -> Client:
        return logged_in(account(role, **where))

    return make


def logged_in(user: Any, **options: Any) -> Client:
    """A client logged in as `user`."""
    client = Client(**options)
    client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[-1])
    client.user = user
    return client
