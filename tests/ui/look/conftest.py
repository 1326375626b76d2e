import pytest

from starling.ui.look import theme


@pytest.fixture
def styled(qapp):
    """Restyles the application; plain afterwards."""
    yield lambda choice: theme.apply(qapp, choice)
    theme.apply(qapp, "light")
    qapp.setStyleSheet("")
