"""The prover's order of things, over a worker that only speaks its protocol."""

import sys
import threading
import time

import pytest

from starling.pipeline import events, proving
from starling.pipeline.proving import Proving
from tests.unit.pipeline.proving_fakes import choice

WORKER = """
import json, os, sys, time
sys.path.insert(0, sys.argv[2])
from starling.child import framing
from starling.child.process import take_pipes
incoming, outgoing = take_pipes()
order = framing.read(incoming).data
send = lambda **data: framing.write(outgoing, data)
open(os.path.join(sys.argv[1], "orders"), "a").write(json.dumps(order) + "\\n")
entry = {"family": "stt", "tier": "advanced", "provider": "xrt", "model": "m", "state": "taken",
         "reason": "34 % faster", "versions": [["driver", "0.6"]], "evidence": ["uuid"],
         "figures": [{"name": "encoder cosine", "value": 0.9996, "limit": 0.999, "at_least": True}]}
send(kind="entries", entries=[entry])
send(kind="step", step="advanced · xrt: loading", done=1, steps=4)
how = sys.argv[3]
if how == "hang":
    framing.read(incoming)
if how == "crash":
    os._exit(3)
send(kind="end", error=None if how == "well" else {"code": "npu.busy", "message": "Busy.", "fix": ""})
"""
SAYS = events.SpeechBegan(0.0)
DROPPED = events.SpeechDropped("noise")


class Stage:
    """A prover whose worker does as it is told, and all that it tells."""

    def __init__(self, monkeypatch, tmp_path, how, **quiet):
        import starling

        app = str(starling.__path__[0]).rpartition("starling")[0]
        monkeypatch.setattr(proving, "_ARGV", (sys.executable, "-c", WORKER, str(tmp_path), app, how))
        monkeypatch.setattr(proving, "LOOK_S", 0.02)
        self._orders = tmp_path / "orders"
        self.told, self.finished = [], threading.Event()
        quiet = {"quiet_s": 0.0, "quiet_on_demand_s": 0.0, **quiet}
        self.prover = Proving(lambda: choice(stt_threads=3), self.told.append, self.finished.set, **quiet)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.prover.close()
        assert not self.prover._thread.is_alive()

    @property
    def orders(self):
        return self._orders.read_text().splitlines() if self._orders.exists() else []

    def until(self, holds):
        deadline = time.monotonic() + 20.0
        while not holds():
            assert time.monotonic() < deadline, self.told
            time.sleep(0.01)

    def status(self, wanted):
        self.until(lambda: self.told and self.told[-1].status == wanted)


def test_what_is_due_is_proven_once_and_told(monkeypatch, tmp_path):
    with Stage(monkeypatch, tmp_path, "well") as stage:
        assert stage.finished.wait(20.0)
        stage.status("idle")
        assert [shown.status for shown in stage.told] == ["running", "running", "running", "idle"]
        assert (stage.told[2].step, stage.told[2].done, stage.told[2].steps) == ("advanced · xrt: loading", 1, 4)
        (entry,) = stage.told[-1].entries
        assert (entry.provider, entry.versions) == ("xrt", (("driver", "0.6"),))
        assert stage.prover.reason("stt", "xrt") == "34 % faster, encoder cosine 0.9996"
        assert stage.prover.reason("stt", "server") == ""
        assert len(stage.orders) == 1
        assert '"stt_threads": 3' in stage.orders[0]
        assert '"again": false' in stage.orders[0]


def test_nothing_begins_before_it_is_quiet(monkeypatch, tmp_path):
    with Stage(monkeypatch, tmp_path, "well", quiet_s=1000.0) as stage:
        stage.prover.look()
        assert not stage.finished.wait(0.2)
        assert (stage.orders, stage.told) == ([], [])
        stage.prover.show()
        assert stage.told[-1].status == "idle"
        stage.prover.prove()  # asked for: a shorter quiet is enough
        assert stage.finished.wait(20.0)
        assert '"again": true' in stage.orders[0]


def test_a_word_ends_a_proof_and_quiet_begins_it_anew(monkeypatch, tmp_path):
    with Stage(monkeypatch, tmp_path, "hang") as stage:
        stage.until(lambda: stage.told and stage.told[-1].step)
        stage.prover.hear(SAYS)
        stage.status("waiting")
        assert len(stage.orders) == 1
        stage.prover.hear(DROPPED)
        stage.until(lambda: len(stage.orders) == 2)
        assert not stage.finished.is_set()


def test_a_cancelled_proof_is_not_begun_again(monkeypatch, tmp_path):
    with Stage(monkeypatch, tmp_path, "hang") as stage:
        stage.until(lambda: stage.told and stage.told[-1].step)
        stage.prover.cancel()
        stage.until(lambda: stage.prover._child is None)
        stage.status("idle")
        time.sleep(0.1)
        assert len(stage.orders) == 1
        assert stage.told[-1].error is None
        stage.prover.prove()
        stage.until(lambda: len(stage.orders) == 2)


@pytest.mark.parametrize(("how", "code"), [("crash", "proof.crashed"), ("busy", "npu.busy")])
def test_a_proof_that_fails_is_told_and_not_repeated(monkeypatch, tmp_path, how, code):
    with Stage(monkeypatch, tmp_path, how) as stage:
        stage.until(lambda: stage.told and stage.told[-1].error)
        assert (stage.told[-1].status, stage.told[-1].error["code"]) == ("idle", code)
        time.sleep(0.1)
        assert len(stage.orders) == 1


def test_the_end_does_not_wait_for_a_proof(monkeypatch, tmp_path):
    with Stage(monkeypatch, tmp_path, "hang") as stage:
        stage.until(lambda: stage.orders)
        started = time.monotonic()
    assert time.monotonic() - started < 2.0


def test_a_worker_that_cannot_be_started_is_told(monkeypatch, tmp_path):
    with Stage(monkeypatch, tmp_path, "well", quiet_s=1000.0) as stage:
        monkeypatch.setattr(proving, "_ARGV", (str(tmp_path / "nothing"),))
        stage.prover.prove()
        stage.until(lambda: stage.told and stage.told[-1].error)
        assert stage.told[-1].error["code"] == "proof.no_process"
