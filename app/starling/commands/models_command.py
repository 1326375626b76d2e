"""``starling models list|import``."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from starling.commands.options import add_json
from starling.commands.report import model_json
from starling.models import library
from starling.models.install import install


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    actions = parser.add_subparsers(metavar="ACTION", required=True)
    listing = actions.add_parser("list", help="what is installed")
    add_json(listing)
    listing.set_defaults(run=run_list)
    adding = actions.add_parser("import", help="install a Whisper or Kokoro folder; Hugging Face weights are converted")
    adding.add_argument("folder", help="safetensors, CTranslate2, or a Kokoro .onnx with its voices file")
    adding.add_argument("--name", help="to call it by; the folder's name if not given")
    adding.add_argument("--short-context", action="store_true", help="the weights were trained for less than 30 s")
    add_json(adding)
    adding.set_defaults(run=run_import)


def run_list(options: argparse.Namespace) -> int:
    """Installed models, the starter that ships, and folders that something is wrong with."""
    found = library.scan()
    models = [*found.models, library.starter()]
    if options.json:
        report = {
            "models": [model_json(model) for model in models],
            "faults": [fault.to_json() for fault in found.faults],
        }
        print(json.dumps(report, ensure_ascii=False, indent=2))
        return 0
    for model in models:
        marks = [mark for mark, given in (("short context", model.short_context), ("multilingual", model.multilingual),
                                          ("for synthetic voices only", model.starter)) if given]  # fmt: skip
        print(
            "  ".join([f"{model.name:<24}{model.kind:<12}{model.size_bytes / 1e6:>6.0f} MB", ", ".join(marks)]).rstrip()
        )
    for fault in found.faults:
        print(f"starling: {fault}", file=sys.stderr)
    return 0


def run_import(options: argparse.Namespace) -> int:
    """Copy or convert a folder into the models folder."""
    source = Path(options.folder).expanduser()
    with _progress(source.name) as on_progress:
        card = install(
            source, options.name or source.resolve().name, short_context=options.short_context, on_progress=on_progress
        )
    model = library.find(card.name, card.kind)
    print(
        json.dumps(model_json(model), ensure_ascii=False, indent=2) if options.json else f"{model.name}: {model.path}"
    )
    return 0


@contextmanager
def _progress(name: str) -> Iterator[Callable[[float], None]]:
    """A bar from 0 to 1, on a terminal."""
    if not sys.stderr.isatty():
        yield lambda share: None
        return
    from tqdm import tqdm

    with tqdm(total=100, unit="%", desc=name, file=sys.stderr, leave=False) as bar:
        yield lambda share: bar.update(round(100 * share) - bar.n)
