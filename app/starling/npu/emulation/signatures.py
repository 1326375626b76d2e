"""The committed table of pyxrt's signatures, and the check of calls against it, as pybind11 does it."""

from __future__ import annotations

import enum
import functools
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar, cast

Function = TypeVar("Function", bound=Callable[..., Any])

TABLE = Path(__file__).with_name("signatures.toml")

_INT32 = range(-(1 << 31), 1 << 31)
_UINT32 = range(1 << 32)
_SIZE = range(1 << 64)
_RANGES = {"int": _INT32, "uint": _UINT32, "size_t": _SIZE}
ANYTHING = "*"


@dataclass(frozen=True)
class Table:
    """What the emulation offers.

    Attributes:
        signatures: name -> argument lists.
        enums: name -> values.
        source: repository, file and commit.
    """

    signatures: dict[str, tuple[tuple[str, ...], ...]]
    enums: dict[str, dict[str, int]]
    source: dict[str, str]


@functools.cache
def table() -> Table:
    """Read the table."""
    data = tomllib.loads(TABLE.read_text("utf-8"))
    signatures: dict[str, tuple[tuple[str, ...], ...]] = {}
    for entry in data["signature"]:
        signatures[entry["name"]] = (*signatures.get(entry["name"], ()), tuple(entry["arguments"]))
    return Table(signatures, {entry["name"]: entry["values"] for entry in data["enum"]}, data["source"])


def enumeration(name: str) -> type[enum.Enum]:
    """The enum of a name; its values are the real ones."""
    make: Any = enum.Enum
    made: type[enum.Enum] = make(name.rpartition(".")[2], table().enums[name], qualname=name)
    return made


def check(name: str, arguments: tuple[Any, ...]) -> None:
    """Refuse a call that no signature of ``name`` takes.

    Raises:
        TypeError: with pybind11's words.
    """
    signatures = table().signatures[name]
    if not any(_fits(signature, arguments) for signature in signatures):
        known = "\n".join(f"    {number}. ({', '.join(types)})" for number, types in enumerate(signatures, 1))
        given = ", ".join(type(argument).__name__ for argument in arguments)
        raise TypeError(
            f"{name}(): incompatible function arguments. The following argument types are supported:\n{known}\n"
            f"\nInvoked with: {given}"
        )


def bound(name: str) -> Callable[[Function], Function]:
    """Makes a method or function take what the table's ``name`` takes, by position, as the binding's do."""

    def decorate(function: Function) -> Function:
        method = "." in name or function.__name__ == "__init__"

        @functools.wraps(function)
        def call(*arguments: Any) -> Any:
            check(name, arguments[1:] if method else arguments)
            return function(*arguments)

        return cast(Function, call)

    return decorate


def _fits(signature: tuple[str, ...], arguments: tuple[Any, ...]) -> bool:
    if signature == (ANYTHING,):
        return True
    return len(signature) == len(arguments) and all(map(_is, signature, arguments))


def _is(kind: str, value: Any) -> bool:
    if kind in _RANGES:
        return is_integer(value) and int(value) in _RANGES[kind]
    if kind == "str":
        return isinstance(value, str)
    if kind == "buffer":
        return _has_buffer(value)
    return any(base.__qualname__ == kind for base in type(value).__mro__)


def is_integer(value: Any) -> bool:
    """Whether pybind11 takes it for a C integer: no floats, but NumPy's integers and bool."""
    return not isinstance(value, float) and hasattr(value, "__index__")


def _has_buffer(value: Any) -> bool:
    try:
        with memoryview(value):
            return True
    except TypeError:
        return False
