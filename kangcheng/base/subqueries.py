"""A queryset of ids as SQL to stand inside a larger statement, also when Django knows beforehand that it finds nothing."""

from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db.models import QuerySet

NOBODY = "SELECT NULL::uuid WHERE false"


def as_sql(ids: QuerySet[Any, Any]) -> tuple[str, list[Any]]:
    """The statement of `ids` (one column of uuid) and its parameters."""
    try:
        sql, given = ids.query.sql_with_params()
    except EmptyResultSet:
        return NOBODY, []
    return str(sql), list(given)
