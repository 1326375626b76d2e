"""A Python environment like AMD's, faked: its onnxruntime claims the Vitis AI provider and runs on the CPU.

The stub's behaviour is the content of ``behaviour.json`` beside it: ``report`` (a text to write as the provider's
report), ``fallback``, ``missing``, ``fault`` (``raise``, ``crash``, ``option``, ``nan``), ``compile_s``,
``report_on`` (``compile`` or ``always``).
"""

from __future__ import annotations

import json
import shlex
import sys
from pathlib import Path
from typing import Any

from starling.npu.report import Npu, Tool

STUB = """
import json, os, sys, time
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:] = [p for p in sys.path if os.path.abspath(p) != os.path.dirname(HERE)]
del sys.modules["onnxruntime"]
import onnxruntime as real
with open(os.path.join(HERE, "behaviour.json")) as file:
    told = json.load(file)
PROVIDER = "VitisAIExecutionProvider"
_available, _Session = real.get_available_providers, real.InferenceSession
real.get_available_providers = lambda: [*([] if told.get("missing") else [PROVIDER]), *_available()]

class InferenceSession:
    def __init__(self, path, sess_options=None, providers=None, provider_options=None):
        assert providers == [PROVIDER]
        (options,) = provider_options
        assert set(options) == {"config_file", "cache_dir", "cache_key", "enable_cache_file_io_in_mem"}
        assert options["enable_cache_file_io_in_mem"] == "0"
        json.load(open(options["config_file"]))
        folder = os.path.join(options["cache_dir"], options["cache_key"])
        compiled = os.path.isfile(os.path.join(folder, "compiled.bin"))
        with open(os.path.join(HERE, "sessions.log"), "a") as log:
            log.write(("loaded" if compiled else "compiled") + "\\n")
        fault = told.get("fault", "")
        if fault == "raise":
            raise RuntimeError("no NPU device could be opened")
        if fault == "option":
            raise RuntimeError("<Pass-Options-Parser>: no such option flexible-l2-buffer-layout")
        if fault == "onnx":
            from onnxruntime.capi.onnxruntime_pybind11_state import Fail
            raise Fail("[ONNXRuntimeError] : 1 : FAIL : VAIML compile failed")
        if fault == "memory":
            from onnxruntime.capi.onnxruntime_pybind11_state import RuntimeException
            raise RuntimeException("[ONNXRuntimeError] : 6 : Failed to allocate memory for requested buffer")
        if fault == "crash":
            os.abort()
        if not compiled:
            os.makedirs(folder, exist_ok=True)
            end = time.monotonic() + told.get("compile_s", 0)
            with open(os.path.join(folder, "part.bin"), "wb") as part:
                while time.monotonic() < end:
                    part.write(b"x" * 1000)
                    part.flush()
                    time.sleep(0.01)
            open(os.path.join(folder, "compiled.bin"), "w").close()
        report = os.environ.get("XLNX_ONNX_EP_REPORT_FILE")
        if report and told.get("report") is not None and (not compiled or told.get("report_on") != "compile"):
            with open(os.path.join(folder, report), "w") as file:
                file.write(told["report"])
        self._inner = _Session(path, providers=["CPUExecutionProvider"])
        self.get_inputs, self.get_outputs = self._inner.get_inputs, self._inner.get_outputs

    def get_providers(self):
        return ["CPUExecutionProvider"] if told.get("fallback") else [PROVIDER, "CPUExecutionProvider"]

    def run(self, names, feeds):
        found = self._inner.run(names, feeds)
        if told.get("fault") == "nan":
            found[0][0, 3] = float("nan")
        return found

real.InferenceSession = InferenceSession
sys.modules["onnxruntime"] = real
"""


def report(npu: int, cpu: int = 0, own_cpu: int = 0, left: tuple[str, ...] = (), running: int | None = None) -> str:
    """A report of the provider with so many nodes on each side."""
    operators = ["::Add", "::Conv", "::MatMul", "::LayerNormalization"]
    devices = [
        {"name": "all", "nodeNum": npu + cpu + own_cpu, "supportedOpType": operators},
        {"name": "CPU", "nodeNum": cpu, "supportedOpType": [f"::{name}" for name in left or ("Cast",)]},
        {"name": "VITIS_EP_CPU", "nodeNum": own_cpu, "supportedOpType": ["::QuantizeLinear"]},
        {"name": "NPU", "nodeNum": npu, "supportedOpType": operators},
    ]
    data: dict[str, Any] = {"deviceStat": [one for one in devices if one["nodeNum"]], "nodeStat": []}
    if running is not None:
        data["subgraphStat"] = [
            {"device": "NPU", "count": max(1, running)},
            {"device": "Actually running on NPU", "count": running},
        ]
    return json.dumps(data)


class Environment:
    """The folder of the environment; ``interpreter`` runs in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._package = folder / "site" / "onnxruntime"
        self._package.mkdir(parents=True)
        (self._package / "__init__.py").write_text(STUB)
        self.interpreter = folder / "bin" / "python"
        self.interpreter.parent.mkdir()
        site = shlex.quote(str(folder / "site"))
        self.interpreter.write_text(f'#!/bin/sh\nPYTHONPATH={site} exec {shlex.quote(sys.executable)} "$@"\n')
        self.interpreter.chmod(0o755)
        self.behave()

    def behave(self, **told: Any) -> None:
        """From the next session on."""
        (self._package / "behaviour.json").write_text(json.dumps({"report": report(240), **told}))

    @property
    def sessions(self) -> list[str]:
        """``compiled`` or ``loaded`` for every session that was opened."""
        log = self._package / "sessions.log"
        return log.read_text().split() if log.exists() else []

    def tool(self, version: str = "1.8.0") -> Tool:
        detail = (
            ("onnxruntime-vitisai", "1.23.3.dev1"),
            ("provider library", "/x/libonnxruntime_providers_vitisai.so"),
        )
        return Tool("Ryzen AI software", str(self.folder), version, str(self.interpreter), detail)

    def npu(self, **changes: Any) -> Npu:
        values = {
            "present": True,
            "usable": True,
            "product": "Strix Point",
            "generation": "XDNA2",
            "device_id": "17f0",
            "driver": "amdxdna 0.6.0",
            "firmware": "1.1.2.65",
            "vitisai": self.tool(),
        }
        return Npu(**(values | changes))
