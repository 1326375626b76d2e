"""Where a model's time goes: ONNX Runtime's own profile, summed by operator. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from starling.core.errors import StarlingError

CONTAINERS = frozenset({"If", "Loop", "Scan"})
"""Their time is that of the operators in them, which are counted themselves."""
_US = 1e-6
_KERNEL = "_kernel_time"
_RUN = "model_run"


@dataclass(frozen=True)
class OperatorTime:
    """One kind of operator in all measured runs.

    Attributes:
        operator: as ONNX Runtime ran it, fused ones by its own names (``FusedConv``).
        calls: of all its nodes together.
        seconds: inside its kernels, wall time.
        share: of the time of all operators, 0..1.
    """

    operator: str
    calls: int
    seconds: float
    share: float


@dataclass(frozen=True)
class Profile:
    """What a profile says.

    Attributes:
        runs: of the model, one a clause.
        run_s: wall time of all of them.
        operators_s: of all operators together; the rest went between them.
        operators: the longest first.
    """

    runs: int
    run_s: float
    operators_s: float
    operators: tuple[OperatorTime, ...]

    def to_json(self) -> dict[str, Any]:
        """As JSON values."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Profile:
        """The inverse of :meth:`to_json`."""
        operators = tuple(OperatorTime(**one) for one in data["operators"])
        return cls(int(data["runs"]), float(data["run_s"]), float(data["operators_s"]), operators)


def summed(events: Iterable[Mapping[str, Any]], skipped_runs: int = 0) -> Profile:
    """The profile of a file's events, without the first runs: those load what later ones find loaded.

    Raises:
        StarlingError: ``tts.no_profile`` when there is no run left, or what was written is no profile.
    """
    try:
        told = [event for event in events if event.get("cat") in ("Session", "Node")]
        runs = sorted((float(event["ts"]), float(event["dur"])) for event in told if event.get("name") == _RUN)
        runs = runs[skipped_runs:]
        if not runs:
            raise _none("it tells of no run")
        times: dict[str, list[float]] = {}
        for event in told:
            if event["cat"] == "Node" and str(event["name"]).endswith(_KERNEL) and float(event["ts"]) >= runs[0][0]:
                times.setdefault(str(event["args"]["op_name"]), []).append(float(event["dur"]) * _US)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise _none(f"it is not what was expected ({error})") from error
    return _profile(runs, {name: found for name, found in times.items() if name not in CONTAINERS})


def _profile(runs: list[tuple[float, float]], times: Mapping[str, list[float]]) -> Profile:
    total_s = sum(map(sum, times.values()))
    if total_s <= 0:
        raise _none("it tells of no operator")
    operators = [OperatorTime(name, len(found), sum(found), sum(found) / total_s) for name, found in times.items()]
    operators.sort(key=lambda one: (-one.seconds, one.operator))
    return Profile(len(runs), sum(took for _, took in runs) * _US, total_s, tuple(operators))


def _none(why: str) -> StarlingError:
    return StarlingError(
        "tts.no_profile", f"ONNX Runtime's profile cannot be used: {why}.", "Try again; another version may write it."
    )
