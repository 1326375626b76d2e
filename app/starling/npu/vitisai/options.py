"""What the Vitis AI provider is told: documented options and nothing else."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

PROVIDER = "VitisAIExecutionProvider"
REPORT = "vitisai_ep_report.json"
REPORT_VARIABLE = "XLNX_ONNX_EP_REPORT_FILE"

_PASSES = ("init", "vaiml_partition")
ENCODER_CONFIG: dict[str, Any] = {
    "passes": [
        {"name": "init", "plugin": "vaip-pass_init"},
        {
            "name": "vaiml_partition",
            "plugin": "vaip-pass_vaiml_partition",
            "vaiml_config": {
                "optimize_level": 3,
                "fe_experiment": "use-accurate-mode=LayerNorm2PassAdf",
                "aiecompiler_args": "--system-stack-size=512",
            },
        },
    ],
    "target": "VAIML",
    "targets": [{"name": "VAIML", "pass": list(_PASSES)}],
}
"""Of AMD's Whisper demo, ``vitisai_config_whisper_encoder.json``: an fp32 encoder compiled to BF16."""


PLAIN_CONFIG: dict[str, Any] = {
    **ENCODER_CONFIG,
    "passes": [
        ENCODER_CONFIG["passes"][0],
        {**ENCODER_CONFIG["passes"][1], "vaiml_config": {"optimize_level": 3}},
    ],
}
"""For a model that is not Whisper's encoder: without what AMD sets for that one's layers."""


def config_text(config: dict[str, Any] = ENCODER_CONFIG) -> str:
    """The configuration file, with the same bytes every time: they are a part of the cache's key."""
    return json.dumps(config, indent=2, sort_keys=True) + "\n"


def provider_options(config_file: Path, cache_dir: Path, cache_key: str) -> dict[str, str]:
    """The provider's options; the compiled model and the report are kept on disk."""
    return {
        "config_file": str(config_file),
        "cache_dir": str(cache_dir),
        "cache_key": cache_key,
        "enable_cache_file_io_in_mem": "0",
    }
