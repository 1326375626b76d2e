"""Audio as these servers take it: a WAV file inside a form, made in memory."""

from __future__ import annotations

import struct
from collections.abc import Mapping

import numpy as np

from starling.core.results import SAMPLE_RATE, Samples

_FULL_SCALE = 32767
_PCM, _CHANNELS, _SAMPLE_BYTES = 1, 1, 2
_BOUNDARY = "starling-f2c41d7be08a4c3f9b6d"
"""FastFlowLM takes it as it stands after ``boundary=``, so it needs no quotes."""


def wav(samples: Samples) -> bytes:
    """(n,) float32 at 16 kHz as a WAV file of 16 bits; what is louder than full scale is clipped."""
    pcm = np.rint(np.clip(samples, -1.0, 1.0) * _FULL_SCALE).astype("<i2").tobytes()
    rate_bytes = SAMPLE_RATE * _SAMPLE_BYTES
    form = struct.pack("<HHIIHH", _PCM, _CHANNELS, SAMPLE_RATE, rate_bytes, _SAMPLE_BYTES, 8 * _SAMPLE_BYTES)
    chunks = b"fmt " + struct.pack("<I", len(form)) + form + b"data" + struct.pack("<I", len(pcm)) + pcm
    return b"RIFF" + struct.pack("<I", 4 + len(chunks)) + b"WAVE" + chunks


def form(file: bytes, fields: Mapping[str, str]) -> tuple[bytes, str]:
    """The body and content type of a form with the file ``audio.wav`` and some fields (RFC 7578)."""
    parts = [_field(name, value) for name, value in fields.items()]
    head = b'Content-Disposition: form-data; name="file"; filename="audio.wav"\r\nContent-Type: audio/wav\r\n\r\n'
    parts.append(head + file)
    boundary = _BOUNDARY
    while any(boundary.encode() in part for part in parts):
        boundary += "x"
    line = f"--{boundary}".encode()
    body = b"".join(line + b"\r\n" + part + b"\r\n" for part in parts) + line + b"--\r\n"
    return body, f"multipart/form-data; boundary={boundary}"


def _field(name: str, value: str) -> bytes:
    return f'Content-Disposition: form-data; name="{name}"\r\n\r\n{value}'.encode("utf-8", "replace")
