"""What the pipeline tells of models and of this machine, for pages that show them. Plain values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Pin = Literal["catalogue", "here", "first_download", "import", "first_use"]
"""What a model's files are held to: hashes of the catalogue; hashes made here at the first download; nothing before
that; hashes made at its import, or at its first use."""
Work = Literal["install", "import", "verify", "remove", "test"]
Stage = Literal["waiting", "running", "paused", "done", "failed", "cancelled"]


@dataclass(frozen=True)
class Measurement:
    """What a test of a model measured on this machine.

    Attributes:
        audio_s: of the sentence that was recognised or spoken.
        processing_s: median of the runs.
        full_s: the same sentence in the context of 30 s that most models need; None where that was not measured.
        load_s: until the model could be used, its process included.
        memory_bytes: resident, of the process that held it; None where it cannot be read.
        runs: that were measured, after one that was not.
        heard: what was recognised; empty for voices.
        at: Unix time.
    """

    audio_s: float
    processing_s: float
    load_s: float | None = None
    memory_bytes: int | None = None
    full_s: float | None = None
    runs: int = 1
    heard: str = ""
    at: float = 0.0

    @property
    def rtf(self) -> float:
        """Processing time divided by audio time."""
        return self.processing_s / self.audio_s


@dataclass(frozen=True)
class ModelShown:
    """A model that is installed or could be.

    Attributes:
        name: what commands take.
        kind: ``whisper-ct2``, ``kokoro``, or another kind of the catalogue.
        installed: it is on this machine and nothing is known to be wrong with it.
        size_bytes: on the disk, or to download; an estimate unless ``exact``.
        memory_bytes: the catalogue's estimate; None where it has none.
        languages: ISO 639-1 codes; empty when unknown.
        tiers: that can use it.
        pin: what its files are held to; ``source`` the page where the hashes were read, ``pinned_at`` an ISO date.
        unavailable: why it cannot be installed.
        fault: what is wrong with the folder, as an error's JSON; None for a sound one.
        path: its folder; empty while it has none.
        resumable_bytes: of a download that was paused or broken off.
        measured: the last test on this machine.
    """

    name: str
    title: str
    kind: str
    installed: bool
    size_bytes: int = 0
    exact: bool = True
    memory_bytes: int | None = None
    licence: str = ""
    languages: tuple[str, ...] = ()
    multilingual: bool = False
    good_for: str = ""
    tiers: tuple[str, ...] = ()
    short_context: bool = False
    starter: bool = False
    pin: Pin = "catalogue"
    source: str = ""
    pinned_at: str = ""
    unavailable: str = ""
    fault: dict[str, str] | None = None
    path: str = ""
    resumable_bytes: int = 0
    measured: Measurement | None = None

    @property
    def recogniser(self) -> bool:
        """A model for the recogniser, not for the voice."""
        return self.kind != "kokoro"

    @property
    def alone(self) -> bool:
        """It can be used and tried by itself; an encoder for an NPU is used by the model that it belongs to."""
        return self.kind != "whisper-onnx-npu"


@dataclass(frozen=True)
class ModelsShown:
    """Every model, in the order of the catalogue, imported ones first.

    ``error``: they could not be listed; ``fault``: what is wrong with the folder of the models.
    """

    models: tuple[ModelShown, ...] = ()
    fault: dict[str, str] | None = None
    folder: str = ""
    free_bytes: int | None = None
    error: dict[str, str] | None = None


@dataclass(frozen=True)
class ModelWork:
    """How far something is that was begun with a model.

    Attributes:
        name: of the model; of an import the folder's or file's.
        phase: of a running install, as :class:`starling.models.progress.Progress` names it.
        note: why it waits; what came of it once it is done.
        error: as JSON, when it failed.
    """

    name: str
    work: Work
    stage: Stage
    phase: str = ""
    done_bytes: int = 0
    total_bytes: int = 0
    exact: bool = True
    bytes_per_s: float | None = None
    seconds_left: float | None = None
    note: str = ""
    error: dict[str, str] | None = None

    @property
    def share(self) -> float:
        """Done, 0..1; 0 while it is not known."""
        return min(1.0, self.done_bytes / self.total_bytes) if self.total_bytes else 0.0

    @property
    def goes_on(self) -> bool:
        """It runs, or will without anybody doing anything."""
        return self.stage in ("waiting", "running")


@dataclass(frozen=True)
class ModelMeasured:
    """A test came to its end."""

    name: str
    measured: Measurement


@dataclass(frozen=True)
class MachineShown:
    """What this machine has; None where it cannot be read.

    Attributes:
        processor: its name, as the system says.
        cores: physical ones.
        threads: that run at the same time.
        memory_bytes: all of it.
        available_bytes: memory that programs could still take.
        folder: where models are put.
        free_bytes: room on that folder's disk.
    """

    processor: str = ""
    cores: int | None = None
    threads: int | None = None
    memory_bytes: int | None = None
    available_bytes: int | None = None
    folder: str = ""
    free_bytes: int | None = None
