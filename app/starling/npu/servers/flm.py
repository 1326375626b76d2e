"""FastFlowLM. Its speech model runs on the NPU or not at all, and is not in its list of models.

``GET /v1/models`` leaves ``whisper-v3`` out; ``/v1/audio/transcriptions`` takes any model's name, answers 200 with
``{"error": …}`` when it fails, and with ``null`` when it was started without ``--asr 1``. What it says of the NPU is
``GET /api/npu/status``: whether a request holds it.
"""

from __future__ import annotations

from starling.core.errors import StarlingError
from starling.core.foreign import one_line
from starling.core.placement import Placement
from starling.npu.servers import http
from starling.npu.servers.found import LOOK, SAID, Found, Route, value

MODEL = "whisper-v3"
OWNER = "fastflowlm"


def look(where: http.Place) -> Found:
    """Who answers there, and what it says of the NPU.

    Raises:
        StarlingError: nothing usable answers.
    """
    data = value(http.exchange(where, "/models", LOOK), where, "the question for its models")
    models = data.get("data")
    listed = models if isinstance(models, list) else []
    owners = {str(one.get("owned_by", "")).lower() for one in listed if isinstance(one, dict)}
    if OWNER not in owners:
        raise StarlingError(
            "engine.server_other",
            f"What answers at {where.url} is not FastFlowLM.",
            "Start FastFlowLM on its own port: flm serve --asr 1",
        )
    told = value(http.exchange(where, "/version", LOOK), where, "the question for its version")
    version = one_line(str(told.get("version", "")), SAID)
    placement = report(where)
    route = Route(MODEL, "flm", "npu", "npu", placement.device, placement.evidence)
    evidence = (f"GET {where.url}/models: owned by FastFlowLM", f"GET {where.url}/version: {version}")
    return Found("FastFlowLM", where.url, version, (route,), evidence)


def report(where: http.Place) -> Placement:
    """What it says of the NPU: its speech engine has no other device.

    Raises:
        StarlingError: it does not answer any more.
    """
    root = http.Place(where.product, where.host, where.port, where.path.removesuffix("/v1"), where.key)
    answer = http.exchange(root, "/api/npu/status", LOOK)
    data = answer.json()
    if answer.status != 200 or not isinstance(data, dict) or type(data.get("npu_available")) is not bool:
        return Placement("unknown", (f"{where.product} does not report on the NPU",))
    requests = data.get("active_requests")
    shown = f", {requests} requests on it" if type(requests) is int else ""
    state = "free" if data["npu_available"] else "in use"
    said = f"{where.product}'s own report, GET /api/npu/status: the NPU is {state}{shown}"
    return Placement("npu", (said, f"{MODEL} of FastFlowLM has kernels for the NPU alone"))
