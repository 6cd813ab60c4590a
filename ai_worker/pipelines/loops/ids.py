"""Ids of loops and of everything in them: UUIDs as 32 hexadecimal digits, as the front end knows them."""

from uuid import NAMESPACE_OID, UUID, uuid4, uuid5


def new_id() -> str:
    """A random id."""
    return uuid4().hex


def child(parent: str, ordinal: str | int) -> str:
    """The id of a parent's child by its number or name: the same each time, so that a repeated write meets
    its first.
    """
    return uuid5(UUID(parent) if len(parent) == 32 else uuid5(NAMESPACE_OID, parent), str(ordinal)).hex
