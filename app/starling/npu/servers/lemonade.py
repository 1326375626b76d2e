"""Lemonade: starts whisper.cpp or FastFlowLM and passes audio on to it.

What it says of a loaded model, ``GET /health``: ``recipe``, ``device`` (``cpu``, ``gpu``, ``npu`` or several) and, in
``recipe_options``, the backend. ``POST /load`` may download what is missing, so it is asked only for models that are
there and backends that are installed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from starling.core.errors import StarlingError
from starling.core.foreign import one_line
from starling.core.placement import Device, Placement
from starling.npu.servers import http
from starling.npu.servers.found import LOOK, SAID, Found, Route, value
from starling.npu.servers.processes import has_npu_open

LOAD = http.Limits(connect=1.0, total=150.0)
"""Seconds: a model of 3 GB from a slow disk, and a cache for the NPU."""
BACKENDS: dict[str, dict[str, Device]] = {
    "flm": {"npu": "npu"},
    "whispercpp": {"npu": "npu", "rocm": "igpu", "vulkan": "igpu"},
}
"""What is worth a try, by recipe and backend; the CPU is our own engine's."""
_ORDER: tuple[Device, ...] = ("npu", "igpu")
_SPEECH_LABELS = frozenset({"transcription", "realtime-transcription", "audio"})
_DEVICES: dict[str, Device] = {"npu": "npu", "gpu": "igpu", "cpu": "cpu"}
_MOST = 500
_NAME_CHARACTERS = 200


def look(where: http.Place) -> Found:
    """Who answers there, which of its models recognise speech, and how.

    Raises:
        StarlingError: nothing usable answers.
    """
    health = _health(where)
    version = one_line(str(health.get("version", "")), SAID)
    models = value(http.exchange(where, "/models", LOOK), where, "the question for its models").get("data")
    system = value(http.exchange(where, "/system-info", LOOK), where, "the question for its system")
    routes = tuple(_routes(health, models, system))
    if not routes:
        raise StarlingError(
            "engine.server_no_model",
            f"Lemonade at {where.url} has no speech model for an NPU or a graphics processor.",
            "Install one there, for example: lemonade pull Whisper-Large-v3-Turbo",
        )
    said = (f"GET {where.url}/health: Lemonade {version or 'without a version'}",)
    ranked = sorted(routes, key=lambda route: (_ORDER.index(route.claims), route.reported == "unknown"))
    return Found("Lemonade", where.url, version, tuple(ranked), said)


def load(where: http.Place, model: str, recipe: str, backend: str) -> None:
    """Have it load a model that it has, with a backend that it has.

    Raises:
        StarlingError: ``engine.server_failed``, with its reason.
    """
    import json

    wanted: dict[str, str] = {"model_name": model}
    if recipe == "whispercpp":
        wanted["whispercpp_backend"] = backend
    answer = http.exchange(where, "/load", LOAD, json.dumps(wanted).encode())
    if answer.status != 200:
        raise http.failed(where, f"cannot load {model}: {answer.reason or f'it answered {answer.status}'}")


def report(where: http.Place, model: str, recipe: str, backend: str) -> Placement:
    """Where it says that a loaded model runs, after it was used; held against what its process has open.

    ``device`` repeats the backend that was asked for: whisper.cpp has run on the CPU behind it (issue 1968).

    Raises:
        StarlingError: it does not answer any more.
    """
    for one in _loaded(_health(where)):
        if one["model_name"] == model:
            return _held_against_its_process(_placement(one, recipe, backend), one.get("pid"))
    return Placement("unknown", (f"GET /health: {model} is not among the loaded models",))


def is_loaded(where: http.Place, model: str, backend: str) -> bool:
    """Whether that model is loaded with that backend, as far as it tells."""
    return any(one["model_name"] == model and _backend(one) in ("", backend) for one in _loaded(_health(where)))


def _health(where: http.Place) -> dict[str, Any]:
    data = value(http.exchange(where, "/health", LOOK), where, "the question for its health")
    if data.get("status") != "ok" or not isinstance(data.get("all_models_loaded"), list):
        raise StarlingError(
            "engine.server_other",
            f"What answers at {where.url} is not Lemonade, or an old one.",
            "Start a current Lemonade server.",
        )
    return data


def _loaded(health: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for one in health["all_models_loaded"][:_MOST]:
        if isinstance(one, dict) and isinstance(one.get("model_name"), str):
            yield one


def _backend(one: dict[str, Any]) -> str:
    options = one.get("recipe_options")
    return str(options.get("whispercpp_backend", "")) if isinstance(options, dict) else ""


def _placement(one: dict[str, Any], recipe: str, backend: str) -> Placement:
    said_recipe, said_backend = one_line(str(one.get("recipe", "")), SAID), one_line(_backend(one), SAID)
    said_device = one.get("device")
    shown = f"recipe {said_recipe or 'not told'}" + (f":{said_backend}" if said_backend else "")
    evidence = (f"Lemonade's own report, GET /health: {shown}, device {one_line(str(said_device), SAID)}",)
    words = set(re.split(r"[|\s]+", said_device.strip().lower())) if isinstance(said_device, str) else set()
    if len(words) != 1 or said_recipe != recipe:
        return Placement("unknown", evidence)
    device = _DEVICES.get(words.pop(), "unknown")
    if said_backend == "cpu":
        device = "cpu"
    if said_backend and said_backend not in (backend, "cpu"):
        return Placement("unknown", (*evidence, f"{backend} was asked for"))
    return Placement(device, evidence)


def _held_against_its_process(said: Placement, pid: object) -> Placement:
    opened = has_npu_open(pid) if said.device == "npu" and type(pid) is int and pid > 0 else None
    if opened is None:
        return said
    if opened:
        return Placement("npu", (*said.evidence, f"its process {pid} has the NPU open"))
    return Placement("cpu", (*said.evidence, f"but its process {pid} does not have the NPU open"))


def _routes(health: dict[str, Any], models: object, system: dict[str, Any]) -> Iterator[Route]:
    loaded = {one["model_name"]: one for one in _loaded(health)}
    for model in models[:_MOST] if isinstance(models, list) else ():
        if not isinstance(model, dict) or not _hears(model):
            continue
        name, recipe = model["id"], str(model.get("recipe", ""))
        for backend, claims in BACKENDS.get(recipe, {}).items():
            if not _installed(system, recipe, backend):
                continue
            one = loaded.get(name)
            same = one is not None and _backend(one) in ("", backend)
            placement = _placement(one, recipe, backend) if one is not None and same else Placement()
            yield Route(name, recipe, backend, claims, placement.device, placement.evidence)


def _hears(model: dict[str, Any]) -> bool:
    """A model that is there and only transcribes."""
    name, labels = model.get("id"), model.get("labels")
    if not isinstance(name, str) or not name.isprintable() or not 0 < len(name) <= _NAME_CHARACTERS:
        return False
    if not isinstance(labels, list) or model.get("downloaded") is False:
        return False
    words = {str(label) for label in labels}
    return bool(words & _SPEECH_LABELS) and "chat" not in words and "tts" not in words


def _installed(system: dict[str, Any], recipe: str, backend: str) -> bool:
    """FastFlowLM's one backend is called ``default``, or ``npu`` in other versions."""
    recipes = system.get("recipes")
    entry = recipes.get(recipe) if isinstance(recipes, dict) else None
    backends = entry.get("backends") if isinstance(entry, dict) else None
    if not isinstance(backends, dict):
        return False
    names = (backend, "default") if recipe == "flm" else (backend,)
    return any(isinstance(backends.get(name), dict) and backends[name].get("state") == "installed" for name in names)
