"""Verbs on catalogues: national items, institutions' own items, and the mapping between them."""

from kangcheng.registry.catalogues.services.items import (
    CatalogueError,
    add_hospital_item,
    add_item,
    bulk_hospital_items,
    bulk_items,
    end_item,
    revise_item,
)
from kangcheng.registry.catalogues.services.mappings import (
    approve,
    bulk_mappings,
    end_mapping,
    propose,
    reject,
)

__all__ = [
    "CatalogueError",
    "add_hospital_item",
    "add_item",
    "approve",
    "bulk_hospital_items",
    "bulk_items",
    "bulk_mappings",
    "end_item",
    "end_mapping",
    "propose",
    "reject",
    "revise_item",
]
