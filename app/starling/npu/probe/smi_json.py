"""Reads xrt-smi's JSON: every scalar is a string, and ``partitions`` is the empty string when there are none."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from starling.npu.probe.smi_report import SmiContext, SmiDevice, SmiReport, known, mode, number, watts


def load(text: str) -> Any:
    """A JSON document; None for garbage, half of one, or one that is nested too deeply."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def parse(text: str) -> SmiReport:
    """Any of the reports host, platform and aie-partitions; an empty report for anything else. Never raises."""
    document = load(text)
    host = dig(document, "system", "host")
    told = _host(host)
    for device in _items(dig(document, "devices")):
        told = told.merged(_platform(device)).merged(_partitions(device))
    return told


def dig(value: Any, *keys: str) -> Any:
    """A value inside objects; None when one of them is missing or no object."""
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def _items(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, list):
        yield from (item for item in value if isinstance(item, dict))


def _host(host: Any) -> SmiReport:
    listed = dig(host, "devices")
    devices = tuple(
        SmiDevice(known(device.get("bdf")), known(device.get("name")))
        for device in _items(listed)
        if known(device.get("bdf"))
    )
    drivers = tuple(
        (known(driver.get("name")), known(driver.get("version")))
        for driver in _items(dig(host, "xrt", "drivers"))
        if known(driver.get("name")) and known(driver.get("version"))
    )
    return SmiReport(
        xrt_version=known(dig(host, "xrt", "version")),
        kernel=known(dig(host, "os", "release")),
        drivers=drivers,
        firmware=next((known(device.get("firmware_version")) for device in _items(listed)), ""),
        devices=None if listed is None else devices,
    )


def _platform(device: dict[str, Any]) -> SmiReport:
    told = SmiReport()
    for platform in _items(device.get("platforms")):
        told = told.merged(
            SmiReport(
                power_mode=mode(dig(platform, "status", "power_mode"))
                or mode(dig(platform, "status", "performance_mode")),
                columns=number(dig(platform, "static_region", "total_columns")),
                power_w=watts(dig(platform, "electrical", "power_consumption_watts")),
            )
        )
    return told


def _partitions(device: dict[str, Any]) -> SmiReport:
    partitions = dig(device, "aie_partitions", "partitions")
    if partitions is None:
        return SmiReport()
    return SmiReport(
        contexts=tuple(
            _context(partition, context)
            for partition in _items(partitions)
            for context in _items(partition.get("hw_contexts"))
            if number(context.get("pid")) is not None
        )
    )


def _context(partition: dict[str, Any], context: dict[str, Any]) -> SmiContext:
    start, count = number(partition.get("start_col")), number(partition.get("num_cols"))
    return SmiContext(
        pid=number(context.get("pid")) or 0,
        context_id=known(context.get("context_id")),
        status=known(context.get("status")),
        columns=() if start is None or count is None or count > 64 else tuple(range(start, start + count)),
        submissions=number(context.get("command_submissions")),
        completions=number(context.get("command_completions")),
        errors=number(context.get("errors")),
    )
