"""A running Starling uses another model as soon as it is there, and does without one that is gone."""

from starling import locate
from starling.pipeline import events
from tests.helpers import model_shop
from tests.helpers.kokoro_model import build
from tests.helpers.pulse import wait_until
from tests.helpers.service import Served


def recogniser(app):
    shown = [event for event in app.of(events.EngineShown) if event.family == "stt"]
    return (shown[-1].tier, shown[-1].model) if shown else None


def test_an_imported_model_is_used_at_once_and_a_removed_one_no_more(tmp_path):
    folder = model_shop.whisper_folder(tmp_path)
    with Served(tmp_path, stt__model="") as app:
        assert wait_until(lambda: recogniser(app) == ("demo", ""), 20)
        app.service.import_model(str(folder))
        assert wait_until(lambda: recogniser(app) == ("legacy", "whisper"), 20)
        app.service.remove_model("whisper")
        assert wait_until(lambda: recogniser(app) == ("demo", ""), 20)
        stages = [event.stage for event in app.of(events.ModelWork)]
    assert stages.count("done") == 2
    assert "failed" not in stages


def voice_model(app):
    shown = [event for event in app.of(events.EngineShown) if event.family == "tts"]
    return shown[-1].model if shown else None


def test_the_voice_model_that_is_chosen_speaks_and_without_one_the_largest(tmp_path):
    folder = locate.data_dir() / "models"
    build(folder / "small")
    build(folder / "large", noise=True)  # more nodes
    with Served(tmp_path) as app:
        for chosen, speaks in (("small", "small"), ("", "large"), ("gone", "large")):
            app.settings.set("tts.model", chosen)
            app.service.apply()
            assert wait_until(lambda speaks=speaks: voice_model(app) == speaks, 20)
        assert app.of(events.Trouble) == []
