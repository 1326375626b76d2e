"""libespeak-ng by ctypes, from the copy that espeakng_loader carries.

The library is GPL-3.0-or-later: this module is imported inside an engine process only, never in the process that
shows the window. It holds one synthesiser per process (espeak's state is global), used by one caller at a time.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import queue
import re
import tempfile
import threading
import time
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from starling.core.errors import StarlingError
from starling.core.results import Samples

CHUNK_MS = 200
"""Sound per callback: the first one is there after about a millisecond, and a long text is not thousands of frames."""
CHUNKS_AHEAD = 32
"""Chunks that wait for a slow reader before espeak pauses, so that a book does not fill the memory."""
LONGEST_DATA_PATH = 140
"""Bytes. espeak-ng keeps the path in a buffer of 160 and cuts a longer one silently."""
NOISE_SEED = 1

_SYNCHRONOUS = 2
_DONT_EXIT = 0x8000
_UTF8 = 1
_POSITION_CHARACTER = 1
_PARAMETER_RATE, _PARAMETER_VOLUME, _PARAMETER_PITCH = 1, 2, 3
_DECLARED_GENDER = re.compile(rb"^gender[ \t]+(male|female)\b", re.MULTILINE)
_VARIANTS = "!v/"
_FULL_SCALE = 32768.0


class _VoiceRecord(ctypes.Structure):
    """espeak_VOICE of speak_lib.h."""

    _fields_ = (
        ("name", ctypes.c_char_p),
        ("languages", ctypes.c_char_p),
        ("identifier", ctypes.c_char_p),
        ("gender", ctypes.c_ubyte),
        ("age", ctypes.c_ubyte),
        ("variant", ctypes.c_ubyte),
        ("reserved", ctypes.c_ubyte),
        ("score", ctypes.c_int),
        ("spare", ctypes.c_void_p),
    )


_Callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p)


@dataclass(frozen=True)
class EspeakVoice:
    """One voice file: its first language code, its identifier (the file), its given name, and the gender it declares.

    The gender is empty where the file says nothing, as those of all languages: espeak then reports "male".
    """

    language: str
    identifier: str
    name: str
    gender: str


class Library:
    """The loaded library.

    Args:
        seed: of breath noise.

    Raises:
        StarlingError: ``tts.espeak_missing`` when the library or its data cannot be loaded.
    """

    def __init__(self, seed: int = NOISE_SEED) -> None:
        self._lib, data = _load()
        self._data = Path(data)
        self._short_path = contextlib.ExitStack()
        path = self._short_path.enter_context(short_data_path(data))
        self.rate = int(self._lib.espeak_Initialize(_SYNCHRONOUS, CHUNK_MS, os.fsencode(path), _DONT_EXIT))
        if self.rate <= 0:
            raise _missing(f"its data in {data} cannot be read")
        self._abort = threading.Event()
        self._chunks: queue.Queue[Samples | None] = queue.Queue(CHUNKS_AHEAD)
        self._waited_s = 0.0
        self._callback = _Callback(self._on_sound)  # kept: espeak holds only the pointer
        self._lib.espeak_SetSynthCallback(self._callback)
        self._seed(seed)
        self.synthesis_s = 0.0

    @property
    def version(self) -> str:
        """The library's own version string."""
        return str(self._lib.espeak_Info(None).decode())

    def voices(self) -> list[EspeakVoice]:
        """The languages' voices."""
        return self._list(None)

    def variants(self) -> list[EspeakVoice]:
        """The variants, which change the speaker of any voice; their identifiers start with ``!v/``."""
        return self._list(ctypes.byref(_VoiceRecord(languages=b"variant")))

    def set_voice(self, identifier: str) -> bool:
        """Use the voice file ``identifier``, with ``+variant`` or without; whether espeak took it."""
        return bool(self._lib.espeak_SetVoiceByName(identifier.encode()) == 0)

    def set_delivery(self, words_per_minute: int, volume: int, pitch: int) -> None:
        """Set the rate (80-450), the volume (100 is normal) and the pitch (50 is normal)."""
        for parameter, value in (
            (_PARAMETER_RATE, words_per_minute),
            (_PARAMETER_VOLUME, volume),
            (_PARAMETER_PITCH, pitch),
        ):
            self._lib.espeak_SetParameter(parameter, value, 0)

    def synthesize(self, text: str) -> Generator[Samples, None, None]:
        """Say plain text with the voice set before; yields (n,) float32 in [-1, 1] while espeak still works.

        Closing the iterator early stops espeak. Afterwards ``synthesis_s`` is the time espeak worked, without the
        time it waited for the reader.
        """
        self._abort.clear()
        self._waited_s = self.synthesis_s = 0.0
        if not text:
            return
        worker = threading.Thread(target=self._synthesize, args=(text.encode(),), name="espeak", daemon=True)
        worker.start()
        ended = False
        try:
            while (chunk := self._chunks.get()) is not None:
                yield chunk
            ended = True
        finally:
            self._abort.set()
            while not ended and self._chunks.get() is not None:
                pass
            worker.join()

    def _synthesize(self, text: bytes) -> None:
        start = time.perf_counter()
        self._lib.espeak_Synth(text, len(text) + 1, 0, _POSITION_CHARACTER, 0, _UTF8, None, None)
        self._lib.espeak_Synchronize()
        self.synthesis_s = time.perf_counter() - start - self._waited_s
        self._chunks.put(None)

    def _on_sound(self, wave: Any, count: int, _events: int | None) -> int:
        """The callback: copy the sound; 1 asks espeak to stop."""
        if self._abort.is_set():
            return 1
        if wave and count > 0:
            chunk = np.ctypeslib.as_array(wave, (count,)).astype(np.float32) / np.float32(_FULL_SCALE)
            start = time.perf_counter()
            self._chunks.put(chunk)
            self._waited_s += time.perf_counter() - start
        return 0

    def _seed(self, number: int) -> None:
        """Make a fresh process repeatable: breath noise comes from espeak's own generator and from libc's.

        Later texts still differ by a few milliseconds with what was said before: the pitch's flutter runs on.
        """
        for function in ("espeak_ng_SetRandSeed", "srand"):
            seed = getattr(self._lib, function, None)
            if seed is not None:
                seed(ctypes.c_long(number))

    def _list(self, wanted: Any) -> list[EspeakVoice]:
        records = self._lib.espeak_ListVoices(wanted)
        found = []
        index = 0
        while records[index]:
            record = records[index].contents
            # The languages field is a priority byte, then the code.
            codes = (record.languages or b"")[1:]
            language, identifier, name = (
                (part or b"").decode(errors="replace") for part in (codes, record.identifier, record.name)
            )
            found.append(EspeakVoice(language, identifier, name.strip(), declared_gender(self._data, identifier)))
            index += 1
        return found


def declared_gender(data: Path, identifier: str) -> str:
    """The gender that a voice file declares; empty when it declares none or cannot be read."""
    folder = "voices" if identifier.startswith(_VARIANTS) else "lang"
    try:
        found = _DECLARED_GENDER.search((data / folder / identifier).read_bytes())
    except OSError:
        return ""
    return found[1].decode() if found else ""


@contextlib.contextmanager
def short_data_path(path: str) -> Iterator[str]:
    """The data folder, by a link in the temporary folder where its own path is too long for espeak.

    Raises:
        StarlingError: ``tts.espeak_missing`` when the path is too long and no link can be made.
    """
    if len(os.fsencode(path)) <= LONGEST_DATA_PATH:
        yield path
        return
    with tempfile.TemporaryDirectory(prefix="starling-espeak-") as folder:
        link = Path(folder, "espeak-ng-data")
        try:
            link.symlink_to(path, target_is_directory=True)
        except OSError as error:
            raise StarlingError(
                "tts.espeak_missing",
                "espeak-ng cannot use its data because Starling's folder has too long a path.",
                "Move Starling to a folder with a shorter path.",
            ) from error
        yield str(link)


def _load() -> tuple[ctypes.CDLL, str]:
    try:
        import espeakng_loader

        lib = ctypes.CDLL(espeakng_loader.get_library_path())
        data = str(espeakng_loader.get_data_path())
    except (ImportError, OSError, RuntimeError) as error:
        raise _missing(str(error)) from error
    lib.espeak_Info.restype = ctypes.c_char_p
    lib.espeak_ListVoices.restype = ctypes.POINTER(ctypes.POINTER(_VoiceRecord))
    size, unsigned, pointer = ctypes.c_size_t, ctypes.c_uint, ctypes.c_void_p
    lib.espeak_Synth.argtypes = [ctypes.c_char_p, size, unsigned, ctypes.c_int, unsigned, unsigned, pointer, pointer]
    return lib, data


def _missing(why: str) -> StarlingError:
    return StarlingError(
        "tts.espeak_missing",
        f"espeak-ng could not be started: {why}.",
        "Install Starling again: run ./run.sh in its folder.",
    )
