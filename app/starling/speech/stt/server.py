"""Recognition by a server on this machine, FastFlowLM or Lemonade: audio in, text out, nothing else invented.

These servers tell neither times nor probabilities, so a transcript of theirs has none. Where they say that they compute
is asked again after every call: one that moves to the CPU is left, whatever it was started with.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from starling.core.engine_api import EngineSpec, Reply
from starling.core.errors import StarlingError
from starling.core.foreign import spoken
from starling.core.placement import Placement
from starling.core.results import SAMPLE_RATE, Samples, SttOptions, Transcript
from starling.npu.candidate import Candidate, Provider
from starling.npu.report import Npu, versions
from starling.npu.servers.found import Found, Route, key_for
from starling.speech.stt import context, filters
from starling.speech.stt.clips import check_clip

if TYPE_CHECKING:
    from starling.npu.servers.http import Answer, Place

FACTORY = "starling.speech.stt.server:create"
PROVIDER: Provider = "server"
LOAD_DEADLINE_S = 200.0
"""A server may have to load its model first."""
CALL_LIMIT_S = 110.0
"""For the answer to one clip; the engine's own deadline is shorter as soon as something was measured."""
MOST_CHARACTERS = 4000
"""Of a text of 30 s; hurried speech is a fifth of that."""
LOUD_DBFS = -45.0
LOUD_S = 0.5
EMPTY_IN_A_ROW = 3
"""So many loud clips without any text, and the server does not hear."""
_SILENCE_S = 1.0
_WORDS = {"npu": "NPU", "igpu": "graphics processor", "cpu": "CPU"}
_NONE = "no FastFlowLM or Lemonade answers on this machine"
_NONE_FIX = "Start one: flm serve --asr 1, or Lemonade with a Whisper model."


def candidates(npu: Npu, found: Sequence[Found]) -> list[Candidate]:
    """What the servers offer here, the NPU first: ``advanced`` by what they claim, ``legacy`` for graphics.

    A route whose server reports another device than it claims is ``legacy`` too.

    Args:
        npu: what was found on this machine.
        found: by :func:`starling.npu.servers.found.find`.
    """
    told = [_candidate(npu, server, route) for server in found if server.error is None for route in server.routes]
    told += [
        Candidate(PROVIDER, "advanced", None, _clause(server.error.message), server.error.fix)
        for server in found
        if server.error is not None and server.error.code != "engine.server_failed"
    ]
    ranked = sorted(told, key=lambda one: (one.spec is None, one.tier != "advanced"))
    return ranked or [Candidate(PROVIDER, "advanced", None, _NONE, _NONE_FIX)]


def create(config: Mapping[str, Any]) -> ServerEngine:
    """The engine: the server is asked who it is, has its model loaded, and answers a second of silence.

    Args:
        config: ``url``, ``product``, ``model``, ``recipe``, ``backend``, ``tier``, and ``device``: the only one that
            the server may report; empty for any.

    Raises:
        StarlingError: ``server.not_local``, ``engine.server_…``, ``engine.not_on_npu``.
    """
    from starling.npu.servers import http

    product = str(config["product"])
    where = http.place(product, str(config["url"]), key_for(product))
    engine = ServerEngine(where, config)
    engine.open()
    return engine


class ServerEngine:
    """The engine process's side of the contract in ``core.engine_api``."""

    def __init__(self, where: Place, config: Mapping[str, Any]) -> None:
        self._where = where
        self._model, self._recipe, self._backend = (str(config[name]) for name in ("model", "recipe", "backend"))
        self._tier = str(config["tier"])
        self._device = str(config.get("device") or ("npu" if self._tier == "advanced" else ""))
        self._placement = Placement()
        self._empty = 0

    def open(self) -> None:
        """Load the model and try it. Raises StarlingError."""
        if self._where.product == "Lemonade":
            from starling.npu.servers import lemonade

            if not lemonade.is_loaded(self._where, self._model, self._backend):
                lemonade.load(self._where, self._model, self._recipe, self._backend)
        self._ask(np.zeros(int(_SILENCE_S * SAMPLE_RATE), np.float32), SttOptions())
        self._look()

    def describe(self) -> dict[str, Any]:
        """Tier, server, model, placement."""
        return {
            "tier": self._tier,
            "provider": PROVIDER,
            "model": self._model,
            "server": self._where.product,
            "url": self._where.url,
            "route": f"{self._recipe}:{self._backend}",
            "multilingual": True,
            "placement": {"device": self._placement.device, "evidence": list(self._placement.evidence)},
        }

    def call(self, op: str, args: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> Iterator[Reply]:
        """``transcribe``: see :class:`starling.core.engine_api.Engine`."""
        if op != "transcribe":
            raise StarlingError("engine.unknown_operation", f"A recogniser cannot do {op!r}.")
        options = SttOptions.from_json(args)
        transcripts = [self._transcribe(arrays[str(index)], options) for index in range(len(arrays))]
        yield Reply({"transcripts": [transcript.to_json() for transcript in transcripts]})

    def _transcribe(self, clip: Samples, options: SttOptions) -> Transcript:
        began = time.perf_counter()
        samples, notes = check_clip(clip)
        if len(samples) > context.MAX_SAMPLES:
            raise StarlingError(
                "stt.clip_too_long", f"A clip of {len(samples) / SAMPLE_RATE:.1f} s is longer than 30 s."
            )
        language = options.language or ""
        if not len(samples):
            return Transcript("", language, 0.0, 0.0, self._placement, notes=("no audio",))
        text = self._ask(samples, options)
        self._look()
        verdict = filters.judge_unscored(text)
        self._count(text, samples)
        return Transcript(
            text=verdict.text,
            language=language,
            audio_s=len(samples) / SAMPLE_RATE,
            processing_s=time.perf_counter() - began,
            placement=self._placement,
            compression_ratio=filters.compression_ratio(text),
            dropped=verdict.dropped,
            dropped_text=text if verdict.dropped else "",
            notes=(*notes, *([verdict.note] if verdict.note else [])),
        )

    def _ask(self, samples: Samples, options: SttOptions) -> str:
        from starling.npu.servers import audio, http

        fields = {"model": self._model, "response_format": "json"}
        if options.language:
            fields["language"] = options.language
        if options.prompt and self._recipe == "whispercpp":
            fields["prompt"] = options.prompt
        body, kind = audio.form(audio.wav(samples), fields)
        limits = http.Limits(connect=1.0, total=CALL_LIMIT_S)
        answer = http.exchange(self._where, "/audio/transcriptions", limits, body, kind)
        return self._text(answer)

    def _text(self, answer: Answer) -> str:
        """The text of an answer. Raises StarlingError."""
        from starling.npu.servers import http

        status, data, reason = answer.status, answer.json(), answer.reason
        if status == 200 and answer.body.strip() == b"null" and self._where.product == "FastFlowLM":
            raise StarlingError(
                "engine.server_no_model",
                f"FastFlowLM at {self._where.url} runs without its speech model.",
                "Start it with: flm serve --asr 1",
            )
        if status == 404 or (status >= 400 and "model" in reason.lower()):
            what = f"{self._where.product} at {self._where.url} has no speech model {self._model}"
            raise StarlingError("engine.server_no_model", f"{what}.", "Install it there.")
        if status != 200 or reason:
            raise http.failed(self._where, f"failed with {status}{f': {reason}' if reason else ''}")
        text = data.get("text") if isinstance(data, dict) else None
        if not isinstance(text, str) or len(text) > MOST_CHARACTERS or "\0" in text:
            raise http.failed(self._where, "answered with something that is no transcript")
        told = data.get("model", self._model) if isinstance(data, dict) else self._model
        if told != self._model:
            raise http.failed(self._where, f"answered with another model than {self._model}")
        return spoken(text)

    def _look(self) -> None:
        """Where it says that the work is done. Raises StarlingError when that is not where this route's was."""
        from starling.npu.servers import flm, lemonade

        if self._where.product == "FastFlowLM":
            self._placement = flm.report(self._where)
        else:
            self._placement = lemonade.report(self._where, self._model, self._recipe, self._backend)
        if self._device and self._placement.device not in (self._device, "unknown"):
            raise StarlingError(
                f"engine.not_on_{self._device}",
                f"{self._where.product} was asked for the {_WORDS[self._device]} and reports the"
                f" {_WORDS[self._placement.device]}: {'; '.join(self._placement.evidence)}.",
                f"Look at {self._where.product}'s own log, or use another tier.",
            )

    def _count(self, text: str, samples: Samples) -> None:
        """A server that hears nothing in loud clips, one after the other, does not hear."""
        loud = len(samples) >= LOUD_S * SAMPLE_RATE and _dbfs(samples) > LOUD_DBFS
        self._empty = 0 if text else self._empty + loud
        if self._empty >= EMPTY_IN_A_ROW:
            raise StarlingError(
                "engine.server_silent",
                f"{self._where.product} at {self._where.url} returned no text for {self._empty} loud clips in a row.",
                f"Look at {self._where.product}'s own log, or restart it.",
            )


def _candidate(npu: Npu, server: Found, route: Route) -> Candidate:
    on_npu = route.claims == "npu" and route.reported in ("npu", "unknown")
    tier = "advanced" if on_npu else "legacy"
    bound: tuple[tuple[str, str], ...] = (
        ("server", f"{server.product} {server.version}".strip()),
        ("route", f"{route.recipe}:{route.backend}"),
        ("server model", route.model),
    )
    if on_npu and (not npu.present or npu.generation == "XDNA1"):
        why = "this machine has no NPU" if not npu.present else "its kernels need XDNA2"
        return Candidate(
            PROVIDER, tier, None, f"{server.product} offers {route.model} on an NPU: {why}", versions=bound
        )
    if on_npu:
        bound = (*versions(npu), *bound)
    spec = EngineSpec(
        name=f"{tier}:{PROVIDER}:{server.product}:{route.model}",
        tier=tier,
        model=route.model,
        factory=FACTORY,
        config={
            "url": server.url,
            "product": server.product,
            "model": route.model,
            "recipe": route.recipe,
            "backend": route.backend,
            "tier": tier,
            "device": route.claims if route.reported in (route.claims, "unknown") else "",
        },
        load_deadline_s=LOAD_DEADLINE_S,
        provider=PROVIDER,
    )
    return Candidate(PROVIDER, tier, spec, versions=bound)


def _clause(sentence: str) -> str:
    return sentence.rstrip(".")


def _dbfs(samples: Samples) -> float:
    return float(20 * np.log10(max(1e-9, float(np.sqrt(np.mean(np.square(samples, dtype=np.float64)))))))
