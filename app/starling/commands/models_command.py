"""``starling models list|install|import|verify|remove|move|where``."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from starling.commands.models_progress import shown
from starling.commands.models_table import table
from starling.commands.options import add_json, load_settings
from starling.commands.report import model_json
from starling.core.errors import StarlingError
from starling.models import library
from starling.models.items import Item
from starling.models.progress import OnProgress
from starling.models.store import Store
from starling.pipeline.model_store import store


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    actions = parser.add_subparsers(metavar="ACTION", required=True)

    def action(name: str, run: Callable[[argparse.Namespace], int], summary: str) -> argparse.ArgumentParser:
        sub = actions.add_parser(name, help=summary, description=summary.capitalize() + ".")
        add_json(sub)
        sub.set_defaults(run=run)
        return sub

    action("list", run_list, "what is installed, and what can be")
    adding = action("install", run_install, "download a model of the catalogue; goes on where it stopped")
    adding.add_argument("name", help="as models list shows it")
    adding.add_argument(
        "--accept-changes", action="store_true", help="pin files anew that were pinned here at an earlier download"
    )
    adding = action("import", run_import, "install a model that you have; Hugging Face weights are converted")
    adding.add_argument(
        "folder",
        help="safetensors, CTranslate2, or a Kokoro .onnx with its voices file: a folder, a file in it, a .zip or .tar",
    )
    adding.add_argument("--name", help="to call it by; the folder's name if not given")
    adding.add_argument("--short-context", action="store_true", help="the weights were trained for less than 30 s")
    checking = action("verify", run_verify, "hash every file again")
    checking.add_argument("name", nargs="*", help="models to check; all if none is named")
    removing = action("remove", run_remove, "delete an installed model, or what an unfinished download has brought")
    removing.add_argument("name")
    moving = action("move", run_move, "keep all models in another folder or on another disk from now on")
    moving.add_argument("to", metavar="FOLDER")
    action("where", run_where, "the folder of the models")


def run_list(options: argparse.Namespace) -> int:
    """Installed models, the starter that ships, the catalogue, and folders that something is wrong with."""
    store = _store()
    found, items = library.scan(), store.items()
    if options.json:
        about = {item.id: item.to_json() for item in items}
        models = [*found.models, library.starter()]
        installed = [about.get(model.path.name, {}) | model_json(model) for model in models]
        offered = [item.to_json() for item in items if item.catalogue and item.state != "installed"]
        faults = [fault.to_json() for fault in found.faults]
        _print({"models": installed, "catalogue": offered, "faults": faults, "folder": str(store.where())})
        return 0
    print("\n".join(table(items)))
    for fault in found.faults:
        print(f"starling: {fault}", file=sys.stderr)
    return 0


def run_install(options: argparse.Namespace) -> int:
    """Download and install an entry of the catalogue."""
    store = _store()

    def work(told: OnProgress) -> None:
        store.install(options.name, told, accept_changes=options.accept_changes)

    kept = f"What was downloaded is kept; go on with: starling models install {options.name}"
    shown(options.name, work, kept, byte_counts=True)
    return _installed(store.item(options.name), options)


def run_import(options: argparse.Namespace) -> int:
    """Copy or convert a model into the models folder."""
    source, store = Path(options.folder).expanduser(), _store()
    names: list[str] = []

    def work(told: OnProgress) -> None:
        names.append(store.import_path(source, told, name=options.name, short_context=options.short_context).name)

    shown(source.name, work, "Nothing was imported.")
    return _installed(store.item(names[0]), options)


def run_verify(options: argparse.Namespace) -> int:
    """Say of each model whether it is what was installed; exit code 1 when one is not."""
    store = _store()
    names = options.name or [item.id for item in store.items() if item.state in ("installed", "faulty")]
    results: list[dict[str, Any]] = []
    for name in names:
        error = None
        try:
            shown(name, lambda told, name=name: store.verify(name, told), "Nothing has changed.")  # type: ignore[misc]
        except StarlingError as found:
            if found.code == "cli.interrupted":
                raise
            error = found
            print(f"starling: {name}: {found}", file=sys.stderr)
        results.append({"name": name, "ok": error is None, "error": error.to_json() if error else None})
        if not options.json and error is None:
            print(f"{name}: as it was installed")
    if options.json:
        _print({"verified": results})
    return 0 if all(result["ok"] for result in results) else 1


def run_remove(options: argparse.Namespace) -> int:
    """Delete a model or an unfinished download."""
    store = _store()
    item = store.item(options.name)
    if item.path is None and item.done_bytes:
        store.discard(options.name)
        freed = item.done_bytes
    else:
        store.remove(options.name)
        freed = item.size_bytes
    if options.json:
        _print({"removed": options.name, "bytes": freed})
    else:
        print(f"{options.name}: removed")
    return 0


def run_move(options: argparse.Namespace) -> int:
    """Move all models."""
    store, folder = _store(), Path(options.to).expanduser()
    shown(folder.name, lambda told: _ignore(store.move(folder, told)), "The models are where they were.")
    return run_where(options)


def run_where(options: argparse.Namespace) -> int:
    """Print the folder of the models."""
    where = str(Store().where())
    if options.json:
        _print({"folder": where})
    else:
        print(where)
    return 0


def _store() -> Store:
    return store(load_settings().get)


def _installed(item: Item, options: argparse.Namespace) -> int:
    if options.json:
        _print(item.to_json() | model_json(library.info_of(Path(str(item.path)))))
    else:
        print(f"{item.id}: {item.path}")
    return 0


def _print(report: dict[str, Any]) -> None:
    print(json.dumps(report, ensure_ascii=False, indent=2))


def _ignore(_: object) -> None:
    pass
