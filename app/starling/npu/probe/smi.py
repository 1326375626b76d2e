"""Runs xrt-smi: JSON into a file of ours, else its text; two seconds for each report, and none after one that hung."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from starling.npu.probe import smi_json, smi_text
from starling.npu.probe.smi_report import SmiReport
from starling.npu.sysroot import READ_LIMIT, Sysroot
from starling.npu.tools import ToolResult, run_tool

TIMEOUT_S = 2.0
REPORTS = ("host", "platform", "aie-partitions")


@dataclass(frozen=True)
class SmiAnswer:
    """All reports together.

    Attributes:
        problem: one clause about what went wrong; empty when every report was understood.
        hung: it did not answer in time.
    """

    report: SmiReport
    problem: str = ""
    hung: bool = False


def examine(
    root: Sysroot, smi: str, env: Mapping[str, str] | None = None, reports: tuple[str, ...] = REPORTS
) -> SmiAnswer:
    """Ask for the reports.

    Args:
        root: below which it lies.
        smi: the program.
        env: its complete environment; None for ours.
        reports: which; some of ``host platform aie-partitions``.
    """
    told, problem = SmiReport(), ""
    for report in reports:
        for result, one in _tries(str(root.path(smi)), report, env):
            told = told.merged(one)
            if result.returncode is None:
                return SmiAnswer(told, result.problem, hung=result.problem.startswith("no answer"))
            if not one.empty and not one.error:
                break
        else:
            problem = problem or told.error or f"its report {report} was not understood"
    return SmiAnswer(told, problem)


def _tries(program: str, report: str, env: Mapping[str, str] | None) -> Iterator[tuple[ToolResult, SmiReport]]:
    words = [program, "examine", "-r", report]
    with (
        contextlib.suppress(OSError),  # without room for a file its text is asked for
        tempfile.TemporaryDirectory(prefix="starling-smi-", ignore_cleanup_errors=True) as folder,
    ):
        place = Path(folder) / "report.json"
        result = run_tool([*words, "-f", "JSON", "-o", str(place)], TIMEOUT_S, env)
        yield result, smi_json.parse(_read(place))
    result = run_tool(words, TIMEOUT_S, env)
    yield result, smi_text.parse(f"{result.stdout}\n{result.stderr}")


def _read(place: Path) -> str:
    try:
        with place.open("rb") as file:
            return file.read(READ_LIMIT).decode("utf-8", "replace")
    except OSError:
        return ""


def environment(xrt_root: str, root: Sysroot) -> dict[str, str]:
    """What xrt-smi needs if XRT lies in a folder of its own."""
    env = dict(os.environ)
    if not xrt_root.startswith("/opt/"):
        return env
    real = str(root.path(xrt_root))
    libraries = [f"{real}/lib", f"{real}/lib64", *filter(None, [env.get("LD_LIBRARY_PATH", "")])]
    return {**env, "XILINX_XRT": real, "LD_LIBRARY_PATH": os.pathsep.join(libraries)}
