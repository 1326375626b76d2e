"""The ``legacy`` tier: Whisper on the CPU through CTranslate2."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from starling.core.engine_api import Reply
from starling.core.errors import StarlingError
from starling.core.placement import Placement
from starling.core.results import SttOptions
from starling.speech.stt import context
from starling.speech.stt.base import Encoder, MelBatch, Profiled, States
from starling.speech.stt.cpu import default_threads
from starling.speech.stt.decode import Decoder
from starling.speech.stt.tokens import Tokens
from starling.speech.stt.transcriber import Transcriber

ReadFiles = Callable[[Path], dict[str, bytes]]
_MODEL_FILES = ("model.bin", "config.json", "vocabulary.json", "vocabulary.txt")
_OUT_OF_MEMORY = ("failed to allocate", "bad_alloc", "out of memory", "could not create a memory object")
"""How CTranslate2 and the libraries below it put it; some raise RuntimeError for it."""
_SEED = 20_261_122
"""Sampling at a temperature gives the same text for the same clips in the same order."""


@dataclass(frozen=True)
class Loaded:
    """A model in CTranslate2, which is the decoder of every tier.

    Attributes:
        name: of the model.
        folder: of the model.
        model: the ``ctranslate2.models.Whisper``.
        decoder: its decoder.
        threads: that it uses.
        short_context: it was trained for less than 30 s.
    """

    name: str
    folder: Path
    model: Any
    decoder: Decoder
    threads: int
    short_context: bool


def create(config: Mapping[str, Any], read_files: ReadFiles | None = None) -> WhisperEngine:
    """The engine that encodes with CTranslate2; see :func:`load`."""
    loaded = load(config, read_files)
    encoder = CTranslate2Encoder(loaded.model, loaded.threads)
    return WhisperEngine(loaded.name, encoder, loaded.decoder, loaded.short_context)


def load(config: Mapping[str, Any], read_files: ReadFiles | None = None) -> Loaded:
    """Load a converted model.

    Args:
        config: ``model`` (its folder), ``name``, ``short_context`` (false), ``multilingual`` (as the
            vocabulary says), ``threads`` (0: physical cores, four at most), ``compute_type`` (``int8``),
            ``max_new_tokens`` (224), ``suppress_tokens`` (ids; -1 is the model's own list).
        read_files: folder to the verified contents of its files.

    Raises:
        StarlingError: a file is missing, altered or no Whisper model.
        MemoryError: the model does not fit.
    """
    if read_files is None:
        from starling.models.verify import verified_files

        read_files = verified_files
    folder = Path(str(config["model"]))
    name = str(config.get("name") or folder.name)
    threads = int(config.get("threads") or default_threads())
    files = read_files(folder)
    model = _load(folder, files, str(config.get("compute_type", "int8")), threads)
    tokens = Tokens(files["tokenizer.json"], bool(config.get("multilingual", model.is_multilingual)))
    suppress = config.get("suppress_tokens")
    decoder = Decoder(model, tokens, int(config.get("max_new_tokens", context.MAX_NEW_TOKENS)), suppress)
    return Loaded(name, folder, model, decoder, threads, bool(config.get("short_context", False)))


def _load(folder: Path, files: Mapping[str, bytes], compute_type: str, threads: int) -> Any:
    import ctranslate2

    ctranslate2.set_random_seed(_SEED)
    try:
        return ctranslate2.models.Whisper(
            str(folder),
            device="cpu",
            compute_type=compute_type,
            intra_threads=threads,
            files={key: data for key, data in files.items() if key in _MODEL_FILES},
        )
    except (RuntimeError, ValueError, TypeError) as error:
        _raise_if_out_of_memory(error)
        from starling.models.verify import load_failed

        raise load_failed(folder, str(error)) from error


def _raise_if_out_of_memory(error: Exception) -> None:
    if any(sign in str(error).lower() for sign in _OUT_OF_MEMORY):
        raise MemoryError(str(error)) from error


class CTranslate2Encoder:
    """The encoder half of a loaded ``ctranslate2.models.Whisper``."""

    def __init__(self, model: Any, threads: int) -> None:
        import ctranslate2

        self._view = ctranslate2.StorageView.from_array
        self._version = ctranslate2.__version__
        self._model = model
        self._threads = threads

    @property
    def mels(self) -> int:
        """Mel bands, read from the model."""
        return int(self._model.n_mels)

    @property
    def placement(self) -> Placement:
        """The device of the loaded model object."""
        evidence = (
            f"ctranslate2 {self._version}: device={self._model.device}, compute_type={self._model.compute_type}",
        )
        return Placement("cpu" if self._model.device == "cpu" else "unknown", evidence)

    def encode(self, mel: MelBatch) -> States:
        """See :class:`starling.speech.stt.base.Encoder`."""
        try:
            return np.asarray(self._model.encode(self._view(np.ascontiguousarray(mel)), to_cpu=True))
        except RuntimeError as error:
            _raise_if_out_of_memory(error)
            raise

    def describe(self) -> dict[str, Any]:
        """Versions, threads, number format."""
        return {
            "ctranslate2": self._version,
            "compute_type": str(self._model.compute_type),
            "threads": self._threads,
            "mels": self.mels,
        }


class WhisperEngine:
    """The engine process's side of the contract in ``core.engine_api``.

    Args:
        name: of the model.
        encoder: what the tier differs in.
        decoder: of the same model.
        short_context: the model was trained for less than 30 s.
        tier: ``legacy`` or ``advanced``.
        provider: how ``advanced`` reaches the accelerator; empty otherwise.
    """

    def __init__(
        self,
        name: str,
        encoder: Encoder,
        decoder: Decoder,
        short_context: bool,
        tier: str = "legacy",
        provider: str = "",
    ) -> None:
        self.tier = tier
        self._name = name
        self._provider = provider
        self._encoder = encoder
        self._short_context = short_context
        self._multilingual = decoder.tokens.multilingual
        self._transcriber = Transcriber(encoder, decoder, None, short_context)
        self._transcribing_ns = 0

    def describe(self) -> dict[str, Any]:
        """Tier, model, placement, versions."""
        placement = self._encoder.placement
        return {
            "tier": self.tier,
            **({"provider": self._provider} if self._provider else {}),
            "model": self._name,
            "short_context": self._short_context,
            "multilingual": self._multilingual,
            "placement": {"device": placement.device, "evidence": list(placement.evidence)},
            **self._encoder.describe(),
        }

    def call(self, op: str, args: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> Iterator[Reply]:
        """``transcribe``: see :class:`starling.core.engine_api.Engine`.

        ``encode``: the encoder's states of one clip, for a comparison with another encoder's.
        ``profile``: the times so far as one reply: of the ``parts``, and where the encoder keeps them of its operations
        with every part's share; ``{"each": true}`` makes the next passes measure every operation alone.
        """
        if op == "encode":
            with _memory_told():
                states = self._transcriber.states(arrays["0"])
            yield Reply({}, {"states": states})
            return
        if op == "profile":
            yield Reply(self._profile(args))
            return
        if op != "transcribe":
            raise StarlingError("engine.unknown_operation", f"A recogniser cannot do {op!r}.")
        clips = [arrays[str(index)] for index in range(len(arrays))]
        started = time.perf_counter_ns()
        with _memory_told():
            transcripts = self._transcriber.transcribe(clips, SttOptions.from_json(args))
        self._transcribing_ns += time.perf_counter_ns() - started
        yield Reply({"transcripts": [transcript.to_json() for transcript in transcripts]})

    def _profile(self, args: Mapping[str, Any]) -> dict[str, Any]:
        parts = {"parts": self._transcriber.timings.to_json()}
        if not isinstance(self._encoder, Profiled):
            return parts
        if "each" in args:
            self._encoder.profiling = bool(args["each"])
        told = parts | self._encoder.profile()
        total_ms = max(self._transcribing_ns / 1e6, told["device_ms"] + told["layout_ms"])
        if not total_ms:
            return {**told, "total_ms": 0.0, "shares": {}}
        device, layout = told["device_ms"] / total_ms, told["layout_ms"] / total_ms
        shares = {"device": device, "layout": layout, "mel and decoder": 1 - device - layout}
        return {**told, "total_ms": total_ms, "shares": shares}


@contextmanager
def _memory_told() -> Iterator[None]:
    try:
        yield
    except RuntimeError as error:
        _raise_if_out_of_memory(error)
        raise
