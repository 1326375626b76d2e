from __future__ import annotations

from pathlib import Path

import pytest

from starling.core.engine_api import EngineSpec
from starling.models.info import ModelInfo
from starling.npu.candidate import Candidate
from starling.speech.stt.ladder import Judged, stt_ladder

SMALL = ModelInfo("small", "whisper-ct2", Path("models", "small"), True, False, False, 250_000_000)


def candidate(provider: str, tier: str = "advanced", why_not: str = "", emulated: bool = False) -> Candidate:
    spec = None if why_not else EngineSpec(f"{tier}:{provider}", tier, "small", "m:f", {})
    return Candidate(provider, tier, spec, why_not, emulated=emulated)


XRT, VITISAI, SERVER = candidate("xrt"), candidate("vitisai"), candidate("server")
VULKAN = candidate("server", "legacy")
NO_XRT = candidate("xrt", why_not="XRT is not installed")
EMULATED = candidate("xrt", emulated=True)

TAKEN = {
    "xrt": Judged(True, "34 % faster", 1.0, 4.0),
    "vitisai": Judged(True, "50 % faster", 0.5, 4.0),
    "server": Judged(False, "19 % faster, at least 20 % is needed", 1.6, 4.0),
}


def judge(found: Candidate) -> Judged:
    if found is VULKAN:
        return Judged(True, "25 % faster", 0.9, 4.0)
    return TAKEN[found.provider]


LEGACY_LAST = ("demo", "legacy: small is tried first")
CASES = {
    "auto: the fastest first, the refused one out": (
        "auto",
        "auto",
        [XRT, VITISAI, SERVER],
        [
            ("advanced:vitisai", ""),
            ("advanced:xrt", ""),
            ("legacy:small", "advanced:xrt is tried first"),
            LEGACY_LAST,
        ],
    ),
    "auto: all refused": (
        "auto",
        "auto",
        [SERVER, NO_XRT],
        [
            (
                "legacy:small",
                "advanced · server: 19 % faster, at least 20 % is needed; advanced · xrt: XRT is not installed",
            ),
            LEGACY_LAST,
        ],
    ),
    "auto: the graphics unit is a legacy tier, and says why nothing advanced": (
        "auto",
        "auto",
        [NO_XRT, VULKAN],
        [
            ("legacy:server", "advanced · xrt: XRT is not installed"),
            ("legacy:small", "legacy:server is tried first"),
            LEGACY_LAST,
        ],
    ),
    "auto: one provider": (
        "auto",
        "xrt",
        [XRT, VITISAI],
        [("advanced:xrt", ""), ("legacy:small", "advanced:xrt is tried first"), LEGACY_LAST],
    ),
    "auto never picks the emulation": (
        "auto",
        "auto",
        [EMULATED],
        [("legacy:small", "advanced · xrt: emulated, never chosen automatically"), LEGACY_LAST],
    ),
    "auto never picks the emulation by name": (
        "auto",
        "xrt",
        [EMULATED],
        [("legacy:small", "advanced · xrt: emulated, never chosen automatically"), LEGACY_LAST],
    ),
    "advanced: all that can be started, as they come": (
        "advanced",
        "auto",
        [SERVER, NO_XRT, EMULATED, VULKAN],
        [
            ("advanced:server", ""),
            ("advanced:xrt", ""),
            ("legacy:small", "advanced:xrt is tried first"),
            LEGACY_LAST,
        ],
    ),
    "advanced: one provider": (
        "advanced",
        "xrt",
        [SERVER, XRT],
        [("advanced:xrt", ""), ("legacy:small", "advanced:xrt is tried first"), LEGACY_LAST],
    ),
    "advanced: none can be started": (
        "advanced",
        "auto",
        [NO_XRT],
        [("legacy:small", "advanced · xrt: XRT is not installed"), LEGACY_LAST],
    ),
    "advanced: none of this provider": (
        "advanced",
        "vitisai",
        [XRT],
        [("legacy:small", "advanced: none here"), LEGACY_LAST],
    ),
    "legacy: the processor": (
        "legacy",
        "auto",
        [VULKAN, XRT],
        [
            (
                "legacy:small",
                "legacy · server: the legacy tier was chosen; advanced · xrt: the legacy tier was chosen",
            )
        ],
    ),
    "legacy: a server by name": (
        "legacy",
        "server",
        [VULKAN, SERVER],
        [
            ("legacy:server", "advanced · server: the legacy tier was chosen"),
            ("legacy:small", "legacy:server is tried first"),
        ],
    ),
    "demo": ("demo", "auto", [XRT], [("demo", "legacy: the demo tier was chosen")]),
}


@pytest.mark.parametrize("case", CASES)
def test_ladder(case: str) -> None:
    tier, provider, candidates, expected = CASES[case]
    rungs = stt_ladder(tier, SMALL, [], 2, candidates, judge, provider=provider, no_candidates="advanced: none here")
    assert [(rung.spec.name, rung.why_not_better) for rung in rungs] == expected


def test_a_server_needs_no_model_of_ours() -> None:
    rungs = stt_ladder("auto", None, [], 2, [VITISAI], judge)
    assert [rung.spec.name for rung in rungs] == ["advanced:vitisai", "demo"]


def test_what_is_used_carries_its_provider_and_its_proven_pace() -> None:
    vitisai, legacy, demo = stt_ladder("auto", SMALL, [], 2, [VITISAI], judge)
    assert (vitisai.spec.provider, vitisai.spec.proven_rtf) == ("vitisai", 0.125)
    assert (legacy.spec.provider, legacy.spec.proven_rtf, demo.spec.provider) == ("", None, "")
    (forced, *_) = stt_ladder("advanced", SMALL, [], 2, [VITISAI], judge)
    assert forced.spec.proven_rtf is None


def test_without_records_nothing_is_taken() -> None:
    rungs = stt_ladder("auto", SMALL, [], 2, [XRT])
    assert rungs[0].why_not_better == "advanced · xrt: not proven on this machine yet"
