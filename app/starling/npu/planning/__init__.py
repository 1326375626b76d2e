"""Plans the kernels of an encoder: tiles under every budget of the array, and a predicted time. Pure arithmetic."""

from __future__ import annotations

from starling.npu.planning.gemm import GemmPlan, plan_gemm
from starling.npu.planning.limits import DeviceLimits, device
from starling.npu.planning.model import ModelPlan, plan_model
from starling.npu.planning.refusal import Refusal
from starling.npu.planning.rows import RowsPlan, plan_rows
from starling.npu.planning.shapes import ModelShape

__all__ = [
    "DeviceLimits",
    "GemmPlan",
    "ModelPlan",
    "ModelShape",
    "Refusal",
    "RowsPlan",
    "device",
    "plan_gemm",
    "plan_model",
    "plan_rows",
]
