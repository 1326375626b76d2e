import pytest

from starling.dictation.text import store
from starling.settings.store import load
from starling.ui.dictation.head import DictationHead


@pytest.fixture
def place():
    return store.folder()


@pytest.fixture
def head(qtbot):
    """The head of the page, shown in a window of its own."""
    head = DictationHead(load())
    qtbot.addWidget(head)
    with qtbot.waitExposed(head):
        head.show()
    qtbot.waitUntil(lambda: head.desk is not None and head.desk.now.state is not None)
    yield head
    head.hide()
    head.desk.close()


@pytest.fixture
def shown(qtbot, head):
    """Opens a part of the page and waits for what is in it."""

    def shown(name):
        head.show_part(name)
        head.activateWindow()
        return head.views[name]

    return shown
