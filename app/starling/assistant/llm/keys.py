"""Keys of servers, in the system's keyring and nowhere else: not in a file, not in a log."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from starling.assistant.llm.address import Address
from starling.core.errors import StarlingError

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

SERVICE = "starling"
VARIABLE = "STARLING_LLM_KEY"
"""A key for this run only, for machines without a keyring."""
_SAFE_PRIORITY = 1
"""What keyring gives to the stores of systems; files in clear have less."""
LONGEST = 4096


def find(address: Address) -> str:
    """The key for a server, empty if it has none; that of the environment goes before the keyring's.

    Raises:
        StarlingError: ``llm.keyring_locked``.
    """
    if given := os.environ.get(VARIABLE, "").strip():
        return given
    backend = _backend()
    if backend is None:
        return ""
    try:
        return backend.get_password(SERVICE, address.origin) or ""
    except Exception as error:  # backends raise what their systems do
        raise _refused(error) from error


def find_if_needed(address: Address) -> str:
    """The same; a keyring that gives no answer does not keep a server of this machine from being asked.

    Raises:
        StarlingError: ``llm.keyring_locked``, for a server elsewhere.
    """
    try:
        return find(address)
    except StarlingError:
        if address.local:
            return ""
        raise


def save(address: Address, key: str) -> None:
    """Store a key; an empty one takes the stored one away.

    Raises:
        StarlingError: ``llm.no_keyring``, ``llm.keyring_locked``, ``llm.bad_key``.
    """
    key = key.strip()
    if len(key) > LONGEST or not (key.isascii() and key.isprintable()) or " " in key:
        raise StarlingError("llm.bad_key", "This is not a key.", "Copy it again, without spaces or line breaks.")
    backend = _backend()
    if backend is None:
        raise no_keyring()
    try:
        if key:
            backend.set_password(SERVICE, address.origin, key)
        elif backend.get_password(SERVICE, address.origin) is not None:
            backend.delete_password(SERVICE, address.origin)
    except Exception as error:
        raise _refused(error) from error


def require() -> None:
    """Raises StarlingError ``llm.no_keyring`` where a key could be neither kept nor read."""
    if not os.environ.get(VARIABLE, "").strip() and _backend() is None:
        raise no_keyring()


def no_keyring() -> StarlingError:
    """There is no place that is safe for a key."""
    return StarlingError(
        "llm.no_keyring",
        "This desktop has no keyring, and Starling keeps a key nowhere else.",
        f"Start GNOME Keyring, KWallet or KeePassXC, or start Starling with the key in {VARIABLE}.",
    )


def _backend() -> KeyringBackend | None:
    """The system's keyring; None where there is none that encrypts."""
    import keyring

    backend = keyring.get_keyring()
    return backend if backend.priority >= _SAFE_PRIORITY else None


def _refused(error: Exception) -> StarlingError:
    """Named by its type only: the text of such an error may hold what was to be stored."""
    return StarlingError(
        "llm.keyring_locked",
        f"The keyring gave no answer ({type(error).__name__}).",
        "Unlock it and try again.",
    )
