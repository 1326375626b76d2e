"""``starling ask TEXT…``: a question to the language model from the command line, and what a connection needs."""

from __future__ import annotations

import argparse
import getpass
import json
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from starling import locate
from starling.assistant.answering import Answers
from starling.assistant.conversation import Assistant, local_time
from starling.assistant.llm import finder, keys
from starling.assistant.llm.address import parse
from starling.assistant.llm.connection import Wishes, connect
from starling.assistant.llm.dialogue import Dialogue, Telling
from starling.assistant.llm.questions import Question
from starling.assistant.schedule import seconds_awake_or_asleep
from starling.assistant.tools.toolbox import Toolbox
from starling.commands.console import printable, read_stdin
from starling.commands.options import add_json, chosen
from starling.core.errors import StarlingError
from starling.pipeline.connections import found
from starling.pipeline.only_one import only_one

_YES = frozenset({"y", "yes"})


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("text", nargs="*", help="what to ask; standard input when - is given")
    parser.add_argument("--url", help="the server, instead of the setting assistant.llm_url")
    parser.add_argument("--model", metavar="NAME", help="the model, instead of the setting assistant.llm_model")
    parser.add_argument("--find", action="store_true", help="look for servers on this machine, ask nothing")
    parser.add_argument("--save-key", action="store_true", help="store the server's key in the system's keyring")
    parser.add_argument("--forget-key", action="store_true", help="remove it from there")
    add_json(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Find servers, keep a key, or ask."""
    if options.find:
        return _find(as_json=options.json)
    wishes = _wishes(options)
    if options.save_key or options.forget_key:
        return _keep_key(wishes, forget=options.forget_key)
    text = read_stdin() if options.text == ["-"] else printable(" ".join(options.text))
    if not text.strip():
        raise StarlingError("ask.nothing", "There is nothing to ask.", "Give a text: starling ask Why is the sky blue")
    with _answers(wishes) as answers:
        for announcement in answers.due():  # a timer that ended while Starling was off is told once
            print(f"starling: {announcement}", file=sys.stderr)
        asked = _Asked(options.json, wishes)
        asked.hear(answers.answer(text))
        while asked.question:
            asked.hear(answers.confirm(_confirmed(asked.question)))
    return asked.report()


def _wishes(options: argparse.Namespace) -> Wishes:
    wishes = chosen(argparse.Namespace()).language_model
    if options.url:
        wishes = replace(wishes, url=options.url, model="")
    return replace(wishes, model=options.model) if options.model else wishes


def _find(*, as_json: bool) -> int:
    servers = found(finder.find()).servers
    if as_json:
        print(json.dumps({"servers": [asdict(server) for server in servers]}, ensure_ascii=False, indent=2))
        return 0
    for server in servers:
        print(f"{server.name}  {server.url}")
        if server.error:
            print(f"  ! {server.error['message']}")
            continue
        print(f"  {'; '.join(server.evidence)}")
        print(f"  models: {', '.join(server.models) or 'none'}")
    return 0


def _keep_key(wishes: Wishes, *, forget: bool) -> int:
    address = parse(wishes.url)
    key = ""
    if not forget:
        key = (getpass.getpass(f"Key for {address.origin}: ") if sys.stdin.isatty() else read_stdin()).strip()
        if not key:
            raise StarlingError("ask.no_key", "No key was given.", "Type it, or pipe it in; it is not an argument.")
    keys.save(address, key)
    print(f"The key for {address.origin} is {'gone' if forget else 'in the keyring'}.")
    return 0


@contextmanager
def _answers(wishes: Wishes) -> Iterator[Answers]:
    """The whole assistant; without timers and notes where another Starling holds them."""
    try:
        with only_one():
            yield _talk(wishes, locate.data_dir() / "assistant", with_skills=True)
            return
    except StarlingError as error:
        if error.code != "app.already_listening":
            raise
    print("starling: another Starling runs, so only the language model is asked, without skills.", file=sys.stderr)
    with tempfile.TemporaryDirectory(prefix="starling-") as folder:
        yield _talk(wishes, Path(folder), with_skills=False)


class _ModelOnly(Answers):
    """Answers with the language model alone: timers and notes belong to the Starling that runs."""

    def answer(self, request: str) -> str | Telling:
        if self.dialogue.connection is None:
            return super().answer(request)
        return self.dialogue.ask(request)


def _talk(wishes: Wishes, store: Path, *, with_skills: bool) -> Answers:
    assistant = Assistant(store)
    toolbox = assistant.toolbox if with_skills else Toolbox()
    dialogue = Dialogue(toolbox, local_time, seconds_awake_or_asleep)
    answers = (Answers if with_skills else _ModelOnly)(assistant, dialogue)
    answers.use(connect(wishes if with_skills else replace(wishes, tools=False)))
    return answers


def _confirmed(question: str) -> bool:
    """The user's word; where nobody can be asked it is no."""
    if not sys.stdin.isatty():
        print(f"starling: {question} No, because nobody can be asked here.", file=sys.stderr)
        return False
    print("> ", end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().lower() in _YES


class _Asked:
    """What came of a question: printed as it comes, or reported at the end."""

    def __init__(self, as_json: bool, wishes: Wishes) -> None:
        self.question = ""
        self._as_json = as_json
        self._began_s = time.monotonic()
        self._error: StarlingError | None = None
        self._data: dict[str, Any] = {
            "text": "", "answered_by": "skill", "server": wishes.url, "model": "", "first_text_ms": None, "tools": []
        }  # fmt: skip

    def hear(self, answer: str | Telling) -> None:
        """Take one reply to its end; ``question`` is what the user is asked by it."""
        self.question = ""
        if isinstance(answer, str):
            self._show(answer)
            return
        try:
            for piece in answer:
                self._show(piece)
                if isinstance(piece, Question):
                    self.question = piece.strip()
        except StarlingError as error:
            self._error = error
        except BaseException:
            answer.cancel()
            raise
        answer.ended(None)
        self._note(answer)

    def report(self) -> int:
        """Print the end, and raise what went wrong."""
        if self._as_json:
            total_ms = round((time.monotonic() - self._began_s) * 1000, 1)
            data = self._data | {"total_ms": total_ms, "error": self._error.to_json() if self._error else None}
            print(json.dumps(data, ensure_ascii=False, indent=2))
        else:
            print()
        if self._error:
            raise self._error
        return 0

    def _show(self, piece: str) -> None:
        self._data["text"] += piece
        if not self._as_json:
            print(piece, end="", flush=True)

    def _note(self, telling: Telling) -> None:
        self._data["answered_by"] = "language model"
        self._data["model"] = telling.model or self._data["model"]
        self._data["tools"] += [asdict(used) for used in telling.used]
        if self._data["first_text_ms"] is None and telling.first_text_s is not None:
            self._data["first_text_ms"] = round(telling.first_text_s * 1000, 1)
