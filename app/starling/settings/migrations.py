"""Settings files of older versions. A file says its version in the top-level key ``version``.

``MIGRATIONS[0]`` turns a file of version 1 into one of version 2, and so on; each changes the document in place (a
plain dict, or a tomlkit document whose comments survive). A change of a setting's name or meaning adds one here.
"""

from __future__ import annotations

from collections.abc import Callable, MutableMapping, Sequence
from typing import Any

Document = MutableMapping[str, Any]
Migration = Callable[[Document], None]

MIGRATIONS: tuple[Migration, ...] = ()
VERSION_KEY = "version"


def version_of(document: Document) -> int:
    """The file's version; 1 where it says none, as in a file written by hand."""
    version = document.get(VERSION_KEY, 1)
    return version if isinstance(version, int) and not isinstance(version, bool) else 1


def latest(migrations: Sequence[Migration] = MIGRATIONS) -> int:
    """The version that this Starling writes."""
    return len(migrations) + 1


def migrate(document: Document, migrations: Sequence[Migration] = MIGRATIONS) -> None:
    """Bring an older document to the latest version; a newer one is left alone."""
    version = max(1, version_of(document))
    for migration in migrations[version - 1 :]:
        migration(document)
    if version <= latest(migrations):
        document[VERSION_KEY] = latest(migrations)
