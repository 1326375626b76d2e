"""A service that only remembers what it was told, for tests of widgets."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from starling.pipeline import events
from starling.pipeline.service import Service
from starling.settings.store import Settings


class FakeService(Service):
    """Records commands in ``calls`` as (name, *arguments); ``emit`` plays the pipeline's part.

    Switches of what is listened to are answered by ``Listening``, as the real service does, unless ``answers`` is off.
    """

    def __init__(self, emit: Callable[[events.Event], None], settings: Settings | None = None) -> None:
        self.emit = emit
        self.settings = settings
        self.calls: list[tuple[Any, ...]] = []
        self.answers = True
        self.listening = events.Listening("assistant", "always", False)

    def told(self, name: str) -> list[tuple[Any, ...]]:
        """The calls of that name."""
        return [call for call in self.calls if call[0] == name]

    def heard(self, name: str, *arguments: Any) -> None:
        """Remember a call, and answer it where the real one would."""
        self.calls.append((name, *arguments))
        now = self.listening
        answers = {
            "set_mode": lambda mode: events.Listening(mode, now.activation, now.muted),
            "set_activation": lambda activation: events.Listening(now.mode, activation, now.muted),
            "set_muted": lambda muted: events.Listening(now.mode, now.activation, muted),
            "press": lambda: events.Listening(now.mode, now.activation, now.muted, True),
            "release": lambda: events.Listening(now.mode, now.activation, now.muted, False),
            "cancel": lambda: events.Listening(now.mode, now.activation, now.muted, False),
        }
        if self.answers and name in answers:
            self.listening = answers[name](*arguments)
            self.emit(self.listening)


def _recorder(name: str, method: Callable[..., None]) -> Callable[..., None]:
    """A method with the parameters of the real one: Qt looks at how many arguments a slot takes."""
    parameters = list(inspect.signature(method).parameters.values())
    plain = [parameter.replace(annotation=parameter.empty) for parameter in parameters]
    names = ", ".join(parameter.name for parameter in parameters[1:])
    source = f"lambda {', '.join(map(str, plain))}: self.heard({name!r}, {names})"
    recorder: Callable[..., None] = eval(source)
    return recorder


# Every command of the real service, also one that is added later.
for _name, _member in inspect.getmembers(Service, inspect.isfunction):
    if not _name.startswith("_"):
        setattr(FakeService, _name, _recorder(_name, _member))
