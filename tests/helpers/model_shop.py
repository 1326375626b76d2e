"""A catalogue of tiny real models, served by a local server."""

from __future__ import annotations

import hashlib
from pathlib import Path

from starling.models.card import CARD_FILE
from starling.models.catalogue import Catalogue, CatalogueFile, Entry
from starling.models.convert import convert
from starling.models.network import Network
from tests.helpers import kokoro_model, tiny_whisper
from tests.helpers.file_server import FileServer

QUICK = Network(proxy="none", stall_s=0.3, attempts=2, backoff_s=0.01)


def whisper_folder(root: Path) -> Path:
    """A CTranslate2 Whisper of some kilobytes, without a card."""
    convert(tiny_whisper.make(root / "whisper-source"), root / "whisper", short_context=False)
    (root / "whisper" / CARD_FILE).unlink()
    return root / "whisper"


def safetensors_folder(root: Path) -> Path:
    """A Hugging Face Whisper of some kilobytes."""
    return tiny_whisper.make(root / "safetensors")


def kokoro_folder(root: Path) -> Path:
    """A Kokoro-shaped model with its voices."""
    return kokoro_model.build(root / "kokoro")


def entry(
    server: FileServer, folder: Path, name: str, kind: str = "whisper-ct2", *, pinned: bool = True, **more
) -> Entry:
    """An entry whose files are those of a folder, put on the server."""
    files = []
    for path in sorted(folder.iterdir()):
        data = path.read_bytes()
        server.put(f"{name}/{path.name}", data)
        given = {"sha256": hashlib.sha256(data).hexdigest(), "size": len(data)} if pinned else {"about": len(data)}
        url = f"{server.url}/{name}/{path.name}"
        files.append(CatalogueFile(path.name, url, "https://example.org/pins", **given))
    fields = {
        "id": name,
        "title": name.title(),
        "kind": kind,
        "languages": ("en", "de"),
        "memory_mb": 100,
        "licence": "MIT",
        "good_for": "Tests.",
        "short_context": kind == "whisper-safetensors",
        "tiers": ("legacy",),
        "repository": f"{server.url}/{name}",
        "revision": "r1",
        "files": tuple(files),
    }
    return Entry(**(fields | more))


def catalogue(*entries: Entry) -> Catalogue:
    """Of these."""
    return Catalogue(entries)
