"""The process that holds espeak-ng (GPL): ``python espeak_child.py VOICE`` reads text, writes the audio.

stdin: UTF-8 text. stdout: the sample rate as a little-endian u32, then int16 samples.
"""

from __future__ import annotations

import ctypes
import struct
import sys
from pathlib import Path

import espeakng_loader

_RETRIEVAL = 1  # audio goes to the callback, not to a sound device
_CHARS_UTF8 = 1
_BUFFER_MS = 200
_SEED = 1  # Klatt voices draw noise; espeak seeds it with the time of day otherwise
_Callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p)


class _Voice(ctypes.Structure):
    """``espeak_VOICE`` of espeak-ng's ``speak_lib.h``."""

    _fields_ = (
        ("name", ctypes.c_char_p),
        ("languages", ctypes.c_char_p),
        ("identifier", ctypes.c_char_p),
        ("gender", ctypes.c_ubyte),
        ("age", ctypes.c_ubyte),
        ("variant", ctypes.c_ubyte),
        ("xx1", ctypes.c_ubyte),
        ("score", ctypes.c_int),
        ("spare", ctypes.c_void_p),
    )


def _choose(library: ctypes.CDLL, voice: str) -> None:
    language, _, variant = voice.partition("+")
    # espeak-ng itself ignores a variant it does not have.
    if variant and not Path(espeakng_loader.get_data_path(), "voices", "!v", variant).is_file():
        raise SystemExit(f"espeak-ng has no variant {variant!r}")
    if library.espeak_SetVoiceByName(voice.encode()) == 0:
        return
    # Not the name of a voice file (en-us) but a language (en-gb), for which a variant is ignored: find its voice first.
    wanted = _Voice(languages=language.encode())
    if library.espeak_SetVoiceByProperties(ctypes.byref(wanted)) != 0:
        raise SystemExit(f"espeak-ng has no voice {voice!r}")
    if variant:
        library.espeak_GetCurrentVoice.restype = ctypes.POINTER(_Voice)
        identifier: bytes = library.espeak_GetCurrentVoice().contents.identifier
        if library.espeak_SetVoiceByName(identifier + b"+" + variant.encode()) != 0:
            raise SystemExit(f"espeak-ng has no voice {voice!r}")


def synthesize(text: str, voice: str) -> tuple[int, bytes]:
    """Sample rate and int16 bytes of ``text`` in ``voice`` (``en-us``, ``en-gb+f5``)."""
    library = ctypes.CDLL(espeakng_loader.get_library_path())
    rate: int = library.espeak_Initialize(_RETRIEVAL, _BUFFER_MS, espeakng_loader.get_data_path().encode(), 0)
    if rate <= 0:
        raise SystemExit("espeak-ng did not start")
    audio = bytearray()

    def take(samples: ctypes._Pointer[ctypes.c_short], count: int, _events: int) -> int:
        if samples and count > 0:
            audio.extend(ctypes.string_at(samples, 2 * count))
        return 0

    callback = _Callback(take)
    library.espeak_SetSynthCallback(callback)
    _choose(library, voice)
    library.espeak_ng_SetRandSeed(ctypes.c_long(_SEED))
    encoded = text.encode() + b"\0"
    status = library.espeak_Synth(encoded, ctypes.c_size_t(len(encoded)), 0, 0, 0, _CHARS_UTF8, None, None)
    if status != 0 or library.espeak_Synchronize() != 0:
        raise SystemExit("espeak-ng could not speak")
    return rate, bytes(audio)


if __name__ == "__main__":
    spoken_rate, spoken = synthesize(sys.stdin.buffer.read().decode(), sys.argv[1])
    sys.stdout.buffer.write(struct.pack("<I", spoken_rate) + spoken)
