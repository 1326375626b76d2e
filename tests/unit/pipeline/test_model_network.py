from starling.models.network import Network
from starling.pipeline.model_network import network
from starling.settings.schema import SETTINGS


def test_the_defaults_are_the_networks_own():
    defaults = {setting.key: setting.default for setting in SETTINGS}
    assert network(defaults.__getitem__) == Network()


def test_what_is_chosen():
    chosen = {"models.mirror": "https://m", "models.proxy": "none", "models.stall": 5}
    assert network(chosen.__getitem__) == Network(mirror="https://m", proxy="none", stall_s=5.0)
