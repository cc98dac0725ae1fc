"""Where an installation finds its database and data."""

import pytest

from kangcheng.config import place


def test_a_database_url_is_read_whole():
    given = place.from_url("postgresql://zhang:p%40ss@db.example:5433/city?sslmode=require")
    assert (given["USER"], given["PASSWORD"], given["HOST"], given["PORT"], given["NAME"]) == (
        "zhang", "p@ss", "db.example", "5433", "city",
    )  # fmt: skip
    assert place.libpq(given) == {
        "sslmode": "require", "dbname": "city", "user": "zhang", "password": "p@ss", "host": "db.example", "port": "5433",
    }  # fmt: skip
    assert place.from_url("postgres:///city?host=/run/pg")["HOST"] == "/run/pg"


@pytest.mark.parametrize("url", ["mysql://a/b", "postgresql://host", "city", "postgresql://host/"])
def test_what_is_no_postgresql_address_is_refused(url):
    with pytest.raises(place.DatabaseUrlError, match="DATABASE_URL"):
        place.from_url(url)
