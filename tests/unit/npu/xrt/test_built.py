"""What ``starling kernels build`` made, as the runtime takes it: each operation has a kernel and a stream."""

from dataclasses import replace

import numpy as np
import pytest

from starling.core.errors import StarlingError
from starling.npu.building import cache, toolchain
from starling.npu.building.build import build
from starling.npu.planning.limits import NPU1
from starling.npu.planning.shapes import KNOWN
from starling.npu.xrt import kernels, sequence
from starling.npu.xrt.encoder_weights import EncoderShape
from tests.helpers.toolchain import FakeToolchain

MODEL = replace(KNOWN["starter"], positions=128)
SHAPE = EncoderShape(MODEL.width, MODEL.heads, MODEL.inner, MODEL.layers, MODEL.positions, MODEL.mels)


@pytest.fixture
def built(tmp_path, monkeypatch):
    monkeypatch.delenv("STARLING_NPU", raising=False)
    monkeypatch.setenv("STARLING_HOME", str(tmp_path / "home"))
    FakeToolchain(tmp_path / "tools").use(monkeypatch)
    build(NPU1, MODEL, toolchain.find(), lambda *_: None, ())


@pytest.mark.usefixtures("built")
def test_every_operation_has_a_kernel_and_a_stream(tmp_path):
    found = kernels.find("npu1", MODEL, tmp_path)
    assert kernels.why_not("npu1", MODEL) == ("", "")
    assert (found.generation, found.unit) == ("npu1", "bytes")
    assert found.xclbin.is_file()
    (place,) = cache.entries()
    told = cache.read(place)
    names = {told.kernels[symbol]["name"] for symbol in told.kernels}
    operations = {step.operation for step in sequence.encoder(SHAPE, 256, found.block[0]).steps}
    assert {found.image(operation) for operation in operations} == names
    for operation in operations:
        words = found.instructions(operation)
        assert words.dtype == np.uint32
        assert found.length(words) == words.nbytes > 0


@pytest.mark.usefixtures("built")
def test_another_npu_and_another_model_have_none(tmp_path):
    for device, model in (("npu2", MODEL), ("npu1", KNOWN["base"])):
        reason, fix = kernels.why_not(device, model)
        assert reason.startswith("no kernels are built for")
        assert f"--device {device} --model {model.name}" in fix
        with pytest.raises(StarlingError):
            kernels.find(device, model, tmp_path)
