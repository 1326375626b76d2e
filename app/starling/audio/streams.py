"""Opening a PortAudio stream from a worker's configuration."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from starling.audio import portaudio
from starling.audio.naming import AudioDevice, Kind
from starling.core.errors import StarlingError

_WORDS: dict[Kind, str] = {"input": "microphone", "output": "speaker"}


def find(sd: Any, config: dict[str, Any], kind: Kind) -> AudioDevice:
    """The PortAudio device of ``{"name", "rate"?, "channels"?, "or_default"?}``, with the wanted rate and channels.

    Raises:
        StarlingError: see :func:`starling.audio.portaudio.find`.
    """
    try:
        device = portaudio.find(sd, config["name"], kind)
    except StarlingError:
        if not config.get("or_default"):
            raise
        device = portaudio.find(sd, "", kind)
    return AudioDevice(
        name=device.name,
        kind=kind,
        rate=config.get("rate", device.rate),
        channels=min(config.get("channels", device.channels), portaudio.MAX_CHANNELS),
        is_default=device.is_default,
        id=device.id,
        instance=device.instance,
    )


def start(
    sd: Any, device: AudioDevice, block_s: float, latency_s: float, callback: Callable[..., None], ended: Any
) -> Any:
    """Open and start a float32 stream at the device's rate and channels.

    Raises:
        StarlingError: ``audio.open_failed``.
    """
    make = sd.InputStream if device.kind == "input" else sd.OutputStream
    try:
        stream = make(
            device=int(device.instance),
            samplerate=device.rate,
            channels=device.channels,
            dtype="float32",
            blocksize=int(device.rate * block_s),
            latency=latency_s,
            callback=callback,
            finished_callback=ended,
        )
        stream.start()
    except sd.PortAudioError as error:
        raise StarlingError(
            "audio.open_failed",
            f"The {_WORDS[device.kind]} cannot be opened: {str(error).splitlines()[0]}.",
            "Close other programs that hold it, or choose another one in the settings.",
        ) from error
    return stream
