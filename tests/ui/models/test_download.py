"""The page over the real store and a local server: real bytes, paused, gone on with, cancelled, broken."""

import pytest
from PySide6.QtCore import QCoreApplication

from starling.models.library import models_dir
from starling.models.network import Network
from starling.models.store import Store
from starling.pipeline.modelwork import ModelJobs
from starling.pipeline.shelf import ModelShelf
from starling.settings import store as settings_store
from starling.ui.bridge import Bridge
from starling.ui.models.page import ModelsPage
from tests.helpers import model_shop
from tests.helpers.fake_service import FakeService
from tests.helpers.file_server import file_server

SLOW_S = 0.05
"""Between the pieces of a slow file."""


class RealModels(FakeService):
    """What is asked about models is really done."""

    jobs: ModelJobs

    def heard(self, name, *arguments):
        super().heard(name, *arguments)
        done = {
            "list_models": self.jobs.list,
            "install_model": self.jobs.install,
            "pause_model": self.jobs.pause,
            "cancel_model": self.jobs.cancel,
            "import_model": self.jobs.bring_in,
            "verify_model": self.jobs.verify,
            "remove_model": self.jobs.remove,
        }.get(name)
        if done is not None:
            done(*arguments)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return model_shop.whisper_folder(tmp_path_factory.mktemp("whisper"))


@pytest.fixture
def server():
    with file_server() as running:
        yield running


@pytest.fixture
def view(qtbot, server, folder):
    entry = model_shop.entry(server, folder, "tiny")
    for served in server.files.values():
        served.seconds = SLOW_S
    store = Store(Network(proxy="none", stall_s=2.0, attempts=2, backoff_s=0.01), model_shop.catalogue(entry))
    bridge = Bridge()
    service = RealModels(bridge.emit_from_any_thread)
    changes = []
    shelf = ModelShelf(lambda: store, lambda: 0, lambda: 0)
    service.jobs = ModelJobs(shelf, bridge.emit_from_any_thread, lambda: changes.append(True))
    page = ModelsPage(service, bridge, settings_store.load())
    qtbot.addWidget(page, before_close_func=lambda _: bridge.close())
    page.build()
    page.resize(960, 640)
    page.show()
    page.activated()
    page.view.changes = changes
    qtbot.waitUntil(lambda: page.view._known.models is not None)
    page.view.list.choose("tiny")
    yield page.view
    service.jobs.close()
    QCoreApplication.processEvents()


def slow(server):
    """The largest file comes in pieces."""
    path = max(server.files, key=lambda path: len(server.files[path].data))
    server.files[path].fault = "slow"
    return server.files[path]


def state(view):
    return view.detail.state.text


def test_a_download_shows_its_progress_and_ends_installed(qtbot, view, server):
    slow(server)
    view.detail.buttons["install"].click()
    qtbot.waitUntil(
        lambda: 0 < view.detail.bar.value() < 1000 and " of " in view.detail.progress.text(), timeout=10_000
    )
    assert state(view) in ("Downloading", "Checking")
    qtbot.waitUntil(lambda: state(view) == "Installed", timeout=20_000)
    assert (models_dir() / "tiny").is_dir()
    assert view.banner.text == "tiny is installed."
    assert view.changes == [True]


def test_a_paused_download_goes_on_from_where_it_was(qtbot, view, server):
    served = slow(server)
    view.detail.buttons["install"].click()
    qtbot.waitUntil(lambda: view.detail.bar.value() > 0 and state(view) == "Downloading", timeout=10_000)
    qtbot.waitUntil(lambda: served.asked == 1, timeout=10_000)
    view.detail.buttons["pause"].click()
    qtbot.waitUntil(lambda: state(view) == "Paused", timeout=10_000)
    assert not view.detail.buttons["resume"].isHidden()
    served.fault = ""
    view.detail.buttons["resume"].click()
    qtbot.waitUntil(lambda: state(view) == "Installed", timeout=20_000)


def test_a_cancelled_download_leaves_nothing(qtbot, view, server):
    slow(server)
    view.detail.buttons["install"].click()
    qtbot.waitUntil(lambda: state(view) == "Downloading", timeout=10_000)
    view.detail.buttons["cancel"].click()
    qtbot.waitUntil(lambda: state(view) == "Not installed", timeout=10_000)
    qtbot.waitUntil(lambda: not (models_dir() / ".downloads" / "tiny").exists(), timeout=5_000)


def test_a_changed_file_is_refused_with_its_reason(qtbot, view, server):
    slow(server).fault = "flipped"
    view.detail.buttons["install"].click()
    qtbot.waitUntil(lambda: view.detail.problem.isVisible(), timeout=20_000)
    assert "Everything that is installed works without the network." in view.detail.problem.text
    assert not (models_dir() / "tiny").exists()


def test_without_the_server_what_is_installed_still_works(qtbot, view, server):
    view.detail.buttons["install"].click()
    qtbot.waitUntil(lambda: state(view) == "Installed", timeout=20_000)
    server.files.clear()
    view.detail.buttons["verify"].click()
    qtbot.waitUntil(lambda: view.banner is not None and "every file" in view.banner.text, timeout=10_000)
    view.list.choose("starter")
    assert state(view) == "Installed"


def test_a_folder_is_imported_and_a_thing_that_is_none_is_refused(qtbot, view, folder, tmp_path):
    (tmp_path / "holiday").mkdir()
    view.bring_in(str(tmp_path / "holiday"))
    qtbot.waitUntil(lambda: view.banner is not None and view.banner.property("kind") == "error", timeout=10_000)
    view.bring_in(str(folder))
    qtbot.waitUntil(lambda: view._known.find("whisper") is not None, timeout=10_000)
    assert view._known.find("whisper").pin == "import"
