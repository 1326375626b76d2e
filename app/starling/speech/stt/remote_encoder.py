"""An encoder that lives in a child process under another Python, seen from the engine process that decodes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from starling.child.remote import RemoteEngine, RemoteSpec
from starling.core.placement import Placement
from starling.speech.stt import encoder_engine
from starling.speech.stt.base import MelBatch, States
from starling.speech.stt.states import bad_states, checked_states


class RemoteEncoder:
    """See :class:`starling.speech.stt.base.Encoder`. The constructor returns when the encoder is loaded.

    Every failure ends the child. A child that died or went silent is told as ``engine.crashed`` or ``engine.hung``.

    Args:
        spec: what to start; its factory is ``module:function`` that takes ``config`` and returns an Encoder.
        width: of the states that the decoder takes; None when it is not known.

    Raises:
        StarlingError: ``engine.cannot_start``, ``engine.crashed``, ``engine.hung``, or what the encoder told.
    """

    beside_cpu = True

    def __init__(self, spec: RemoteSpec, width: int | None = None) -> None:
        self._spec = spec
        self._width = width
        config = {"encoder": spec.factory, "config": dict(spec.config)}
        self._engine = RemoteEngine(replace(spec, factory=encoder_engine.FACTORY, config=config))
        try:
            self._about = dict(self._engine.about)
            self._mels = int(self._about.pop("mels"))
            self._placement = Placement.from_json(self._about.pop("placement"))
        except BaseException:
            self._engine.kill()
            raise

    @property
    def mels(self) -> int:
        """As the encoder told."""
        return self._mels

    @property
    def placement(self) -> Placement:
        """As the encoder told it last."""
        return self._placement

    @property
    def pid(self) -> int:
        """The child's process id."""
        return self._engine.pid

    def encode(self, mel: MelBatch) -> States:
        """See :class:`starling.speech.stt.base.Encoder`.

        Raises:
            StarlingError: as the constructor; also ``stt.bad_states``.
        """
        data, arrays = self._engine.call("encode", {}, {"mel": mel})
        try:
            if "states" not in arrays:
                raise bad_states(self._spec.name, "no states")
            self._placement = Placement.from_json(data["placement"])
            states = checked_states(arrays["states"], mel, self._spec.name, self._width)
            return states.copy()  # what came through a pipe cannot be written to, and CTranslate2 takes no such array
        except BaseException:
            self._engine.kill()
            raise

    def describe(self) -> dict[str, Any]:
        """What the encoder told, and the Python it runs under."""
        return {**self._about, "encoder_interpreter": self._spec.interpreter}

    def close(self) -> None:
        """End the child."""
        self._engine.close()
