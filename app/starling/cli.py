"""The command line: parse, run a command or open the window, turn a failure into one line and an exit code."""

from __future__ import annotations

import argparse
import contextlib
import errno
import os
import sys
from collections.abc import Sequence
from importlib import import_module

from starling import __version__
from starling.commands import console
from starling.commands.unexpected import unexpected
from starling.core.errors import StarlingError

COMMANDS = {
    "try": "speak one question through the whole loop and show what was measured",
    "listen": "listen to the microphone, print what is said, answer aloud",
    "say": "speak a text",
    "ask": "ask the connected language model, or look for one",
    "transcribe": "turn recordings into text or subtitles",
    "ptt": "press, release or toggle the talk key of the Starling that runs",
    "mode": "show or change the mode of the Starling that runs",
    "type": "put a text where the cursor is, as a dictation would",
    "history": "list, search, export and delete what was said",
    "vocabulary": "list, add, remove, import and export your own words for the dictation",
    "replacements": "the same for what is written instead of what is heard",
    "blocklist": "the same for sentences that are never written",
    "profiles": "list, show, set and remove what differs in single applications",
    "models": "list, download, import, check and remove models",
    "kernels": "list, plan, build and check the NPU's kernels for a model",
    "power": "show the NPU's power mode, or set it",
    "devices": "list microphones and speakers",
    "doctor": "say what this machine has, what is in use, and how to fix what is missing",
    "bench": "measure the figures that people feel",
}
EXIT_FAILED = 1
INTERRUPTED = StarlingError("cli.interrupted", "Interrupted.")


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command. 0 done, 1 failed with a one-line reason on stderr, 2 usage."""
    console.prepare()
    interruptions = console.Interruptions()
    try:
        with interruptions:
            return _run(list(sys.argv[1:] if argv is None else argv))
    except StarlingError as error:
        return _fail(error)
    except KeyboardInterrupt:
        return _fail(INTERRUPTED)
    except BrokenPipeError:
        with contextlib.suppress(OSError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_FAILED
    except MemoryError:
        return _fail(
            StarlingError("memory.out", "This machine ran out of memory.", "Close programs or use a smaller model.")
        )
    except OSError as error:
        return _fail(_from_os(error))
    except Exception as error:  # noqa: BLE001 - the last line of defence: a person gets a sentence, the file the rest
        return _fail(INTERRUPTED if interruptions.came else unexpected(error))


def _run(arguments: Sequence[str]) -> int:
    parser = _parser(arguments)
    options = parser.parse_args(arguments)
    if options.command is None:
        options.run = _window
    elif options.minimized:
        parser.error("--minimized is for the window, which no command opens")
    code = int(options.run(options))
    sys.stdout.flush()  # a full disk shows here, not in a traceback at the end
    return code


def _window(options: argparse.Namespace) -> int:
    from starling.ui import app

    return app.run(options)


def _parser(arguments: Sequence[str]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="starling",
        description="A local voice assistant: hears, answers and speaks on this machine. Without a command it opens "
        "its window.",
    )
    parser.add_argument("--version", action="version", version=f"starling {__version__}")
    parser.add_argument("--minimized", action="store_true", help="open the window in the tray, or minimized")
    parser.add_argument("--report-start", action="store_true", help=argparse.SUPPRESS)  # of bench
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    asked = next((word for word in arguments if not word.startswith("-")), "")
    for name, summary in COMMANDS.items():
        sub = commands.add_parser(name, help=summary, description=summary.capitalize() + ".")
        if name == asked:  # only the command that runs is imported
            import_module(f"starling.commands.{name}_command").configure(sub)
    return parser


def _fail(error: StarlingError) -> int:
    print(f"starling: {error}", file=sys.stderr)
    return EXIT_FAILED


def _from_os(error: OSError) -> StarlingError:
    name = f" ({error.filename})" if error.filename else ""
    if error.errno == errno.ENOSPC:
        return StarlingError("disk.full", f"The disk is full{name}.", "Free some space and try again.")
    if error.errno in (errno.EACCES, errno.EPERM):
        return StarlingError("disk.permission", f"Permission denied{name}.", "Check who owns the file or folder.")
    return StarlingError(
        "system.error", f"{error.strerror or 'A system call failed'}{name}.", "Check the path and try again."
    )
