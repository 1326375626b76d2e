"""Commands about models, with a shelf that waits until it is told to go on."""

import threading

import pytest

from starling.core.errors import StarlingError
from starling.pipeline import events, modelwork
from starling.pipeline.modelwork import ModelJobs
from starling.pipeline.shown_models import Measurement, ModelsShown, ModelWork
from tests.helpers.pulse import wait_until


class Stopper:
    def __init__(self):
        self.why = ""
        self.stopped = threading.Event()

    def stop(self, why):
        self.why = why
        self.stopped.set()


class Shelf:
    def __init__(self):
        self.done = []
        self.begun = threading.Event()
        self.finish = threading.Event()
        self.error = None

    def look(self):
        return ModelsShown()

    def stopper(self):
        return Stopper()

    def install(self, name, stopper, report):
        report(ModelWork(name, "install", "running", phase="downloading", done_bytes=1, total_bytes=4))
        self.begun.set()
        while not self.finish.wait(0.005):
            if stopper.stopped.is_set():
                raise StarlingError(f"download.{stopper.why}", "It was stopped.")
        self._end("install", name)

    def discard(self, name):
        self.done.append(("discard", name))

    def bring_in(self, path, report):
        self._end("import", path)
        return "given"

    def verify(self, name, report):
        self._end("verify", name)

    def remove(self, name):
        self._end("remove", name)

    def test(self, name):
        self._end("test", name)
        return Measurement(4.0, 0.4)

    def abort(self):
        self.done.append(("abort", ""))

    def _end(self, what, name):
        self.done.append((what, name))
        if self.error is not None:
            raise self.error


class Stage:
    def __init__(self):
        self.shelf, self.told = Shelf(), []
        self.jobs = ModelJobs(self.shelf, self.told.append)

    def stages(self, name):
        """One of each that follow one another."""
        found = [event.stage for event in self.told if isinstance(event, ModelWork) and event.name == name]
        return [stage for place, stage in enumerate(found) if place == 0 or found[place - 1] != stage]

    def comes(self, name, *stages):
        return wait_until(lambda: self.stages(name) == list(stages), 5)

    def looks(self):
        return sum(isinstance(event, ModelsShown) for event in self.told)


@pytest.fixture
def stage():
    made = Stage()
    yield made
    made.jobs.close()


def test_an_install_is_told_from_its_wait_to_its_end_and_then_the_list(stage):
    stage.shelf.finish.set()
    stage.jobs.install("base")
    assert stage.comes("base", "waiting", "running", "done")
    assert wait_until(lambda: stage.looks() == 1, 5)
    assert stage.told[1].phase == "checking"


def test_a_paused_install_keeps_its_place_and_goes_on(stage):
    stage.jobs.install("base")
    assert stage.shelf.begun.wait(5)
    stage.jobs.install("base")  # it runs already
    stage.jobs.pause("base")
    assert stage.comes("base", "waiting", "running", "paused")
    assert stage.told[-2].done_bytes == 1
    stage.shelf.finish.set()
    stage.jobs.install("base")
    assert stage.comes("base", "waiting", "running", "paused", "waiting", "running", "done")
    assert ("discard", "base") not in stage.shelf.done


def test_a_cancelled_install_is_discarded(stage):
    stage.jobs.install("base")
    assert stage.shelf.begun.wait(5)
    stage.jobs.cancel("base")
    assert stage.comes("base", "waiting", "running", "cancelled")
    assert stage.shelf.done == [("discard", "base")]


@pytest.mark.parametrize("wish", ["cancel", "pause"])
def test_an_install_is_stopped_in_the_moment_it_begins(stage, monkeypatch, wish):
    """Between the look whether it is still wanted and the first word of the download."""
    made = modelwork._Pace
    monkeypatch.setattr(modelwork, "_Pace", lambda tell: getattr(stage.jobs, wish)("base") or made(tell))
    stage.jobs.install("base")
    assert stage.comes("base", "waiting", "running", "cancelled" if wish == "cancel" else "paused")
    assert ("install", "base") not in stage.shelf.done


def test_a_paused_install_can_be_cancelled(stage):
    stage.jobs.install("base")
    assert stage.shelf.begun.wait(5)
    stage.jobs.pause("base")
    assert stage.comes("base", "waiting", "running", "paused")
    stage.jobs.cancel("base")
    assert stage.comes("base", "waiting", "running", "paused", "cancelled")


def test_one_downloads_at_a_time_and_one_that_waits_can_be_taken_back(stage):
    stage.jobs.install("base")
    assert stage.shelf.begun.wait(5)
    stage.jobs.install("small")
    stage.jobs.install("tiny")
    assert stage.stages("small") == ["waiting"]
    stage.jobs.pause("small")
    stage.jobs.cancel("tiny")
    stage.shelf.finish.set()
    assert stage.comes("base", "waiting", "running", "done")
    assert stage.comes("tiny", "waiting", "cancelled")
    assert stage.stages("small") == ["waiting", "paused"]
    assert ("install", "small") not in stage.shelf.done
    stage.jobs.list()
    assert wait_until(lambda: stage.told.count(ModelWork("small", "install", "paused")) == 2, 5)


def test_a_failure_is_told_with_its_reason_and_the_next_one_runs(stage):
    stage.shelf.finish.set()
    stage.shelf.error = StarlingError("download.server", "It failed.", "Try again.")
    stage.jobs.install("base")
    assert stage.comes("base", "waiting", "running", "failed")
    failed = next(event for event in stage.told if isinstance(event, ModelWork) and event.stage == "failed")
    assert failed.error["fix"] == "Try again."
    stage.shelf.error = None
    stage.jobs.install("base")
    assert wait_until(lambda: stage.stages("base")[-1] == "done", 5)


@pytest.mark.parametrize("error", [StarlingError("model.bad", "It is none."), ZeroDivisionError()])
@pytest.mark.parametrize("work", ["import", "verify", "remove", "test"])
def test_other_work_is_told_too(stage, work, error):
    begin = {"import": stage.jobs.bring_in, "verify": stage.jobs.verify, "remove": stage.jobs.remove,
             "test": stage.jobs.test}[work]  # fmt: skip
    begin("/some/base/" if work == "import" else "base")
    assert stage.comes("base", "waiting", "running", "done")
    measured = [event for event in stage.told if isinstance(event, events.ModelMeasured)]
    assert len(measured) == (work == "test")
    stage.shelf.error = error
    begin("base")
    assert wait_until(lambda: stage.stages("base")[-1] == "failed", 5)
    code = stage.told[-2 if isinstance(stage.told[-1], ModelsShown) else -1].error["code"]
    assert code == ("internal.bug" if isinstance(error, ZeroDivisionError) else "model.bad")


def test_the_same_is_not_begun_twice_at_once(stage):
    hold = threading.Event()
    stage.shelf.test = lambda name: (hold.wait(5), Measurement(4.0, 0.4))[1]
    stage.jobs.test("base")
    stage.jobs.test("base")
    hold.set()
    assert stage.comes("base", "waiting", "running", "done")
    stage.jobs.test("base")
    assert wait_until(lambda: stage.stages("base").count("done") == 2, 5)


def test_an_import_tells_the_name_it_got(stage):
    stage.jobs.bring_in("C:\\models\\base")
    assert stage.comes("base", "waiting", "running", "done")
    assert any(isinstance(event, ModelWork) and event.note == "given" for event in stage.told)


def test_the_end_pauses_a_download_and_drops_a_test():
    stage = Stage()
    stage.jobs.install("base")
    assert stage.shelf.begun.wait(5)
    stage.jobs.close()
    assert ("abort", "") in stage.shelf.done
    assert not any(thread.name.startswith("model-") for thread in threading.enumerate())
    stage.jobs.install("small")
    assert stage.stages("small") == ["waiting"]
