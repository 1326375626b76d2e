from types import SimpleNamespace

import numpy as np
import pytest

from starling.core.errors import StarlingError
from starling.npu.vitisai.options import PROVIDER
from starling.npu.vitisai.session import Report, VitisEncoder

STATES = ("last_hidden_state", [1, 1500, 8])


class Session:
    """Gives the mean of what it gets, in the first place of every state."""

    def __init__(self, shape=(1, 80, 3000), kind="tensor(float)", outputs=(STATES,), inputs=1):
        self.seen = []
        self._inputs = [SimpleNamespace(name="x", shape=list(shape), type=kind)] * inputs
        self._outputs = [SimpleNamespace(name=name, shape=form) for name, form in outputs]

    def get_inputs(self):
        return self._inputs

    def get_outputs(self):
        return self._outputs

    def get_providers(self):
        return [PROVIDER]

    def run(self, names, feeds):
        self.seen.append((tuple(names), feeds["x"].dtype, feeds["x"].shape))
        return [np.full((1, 1500, 8), feeds["x"].mean(), feeds["x"].dtype)]


def encoder(tmp_path, session):
    return VitisEncoder(session, "1.23", Report(tmp_path, "k"))


def mel(clips, mels=80):
    return np.ones((clips, mels, 3000), np.float32) * np.arange(1, clips + 1, dtype=np.float32)[:, None, None]


def test_clips_go_one_by_one(tmp_path):
    session = Session()
    states = encoder(tmp_path, session).encode(mel(3))
    assert states.shape == (3, 1500, 8)
    assert states[:, 0, 0].tolist() == [1, 2, 3]
    assert session.seen == [(("last_hidden_state",), np.float32, (1, 80, 3000))] * 3


def test_half_precision_goes_in_and_single_comes_out(tmp_path):
    session = Session((1, 128, 3000), "tensor(float16)")
    made = encoder(tmp_path, session)
    assert made.mels == 128
    assert made.encode(mel(1, 128)).dtype == np.float32
    assert session.seen[0][1] == np.float16


def test_the_states_are_known_by_their_shape(tmp_path):
    session = Session(outputs=(("attention", [1, 8, 1500, 1500]), ("conv", [1, 8, 3000]), ("states", [1, 1500, 8])))
    encoder(tmp_path, session).encode(mel(1))
    assert session.seen[0][0] == ("states",)


@pytest.mark.parametrize(
    "session",
    [
        Session((1, 80, 1000)),
        Session((1, 40, 3000)),
        Session((2, 80, 3000)),
        Session(("batch", 80, 3000)),
        Session((1, 80)),
        Session((1, 80, 3000), "tensor(int8)"),
        Session(inputs=2),
        Session(inputs=0),
    ],
)
def test_another_shape_is_no_encoder(tmp_path, session):
    with pytest.raises(StarlingError) as caught:
        encoder(tmp_path, session)
    assert caught.value.code == "model.wrong_architecture"


def test_features_of_another_shape_are_refused(tmp_path):
    with pytest.raises(StarlingError) as caught:
        encoder(tmp_path, Session()).encode(np.zeros((1, 128, 3000), np.float32))
    assert caught.value.code == "model.wrong_shape"


def test_without_a_report_the_place_is_unknown(tmp_path):
    assert encoder(tmp_path, Session()).placement.device == "unknown"
