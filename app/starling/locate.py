"""Where files are: what ships with Starling, and the user's own folders."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs

_PACKAGE = Path(__file__).resolve().parent


def shipped(*parts: str) -> Path:
    """A file or folder that ships with Starling: ``shipped("resources", "starter")``, ``shipped("kernels")``.

    In a checkout it stands beside ``app/``, in an installed wheel below ``starling/_data``.
    """
    checkout = _PACKAGE.parent.parent
    root = _PACKAGE / "_data"
    if not root.is_dir() and (checkout / "pyproject.toml").is_file():
        root = checkout
    return root.joinpath(*parts)


def _folder(kind: str, platform_folder: str) -> Path:
    home = os.environ.get("STARLING_HOME")
    return Path(home) / kind if home else Path(platform_folder)


def config_dir() -> Path:
    """Settings. ``STARLING_HOME`` moves this and the other two below one folder."""
    return _folder("config", platformdirs.user_config_dir("starling", appauthor=False))


def data_dir() -> Path:
    """Models, history, notes, timers, and the lock of the one that listens."""
    return _folder("data", platformdirs.user_data_dir("starling", appauthor=False))


def cache_dir() -> Path:
    """What can be made again."""
    return _folder("cache", platformdirs.user_cache_dir("starling", appauthor=False))
