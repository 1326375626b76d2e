"""Small widgets that the whole window is made of."""

from starling.ui.kit.badge import Badge
from starling.ui.kit.banner import Banner
from starling.ui.kit.buttons import IconButton
from starling.ui.kit.card import Card
from starling.ui.kit.disclosure import Disclosure
from starling.ui.kit.glyph import Glyph
from starling.ui.kit.meter import LevelMeter, ProbabilityMeter
from starling.ui.kit.row import ValueRow
from starling.ui.kit.switch import SegmentedSwitch
from starling.ui.kit.text import ElidedLabel, inset, label, restyle, wrapped
from starling.ui.kit.trend import TrendPlot
from starling.ui.kit.waveform import WaveformView

__all__ = [
    "Badge",
    "Banner",
    "Card",
    "Disclosure",
    "ElidedLabel",
    "Glyph",
    "IconButton",
    "LevelMeter",
    "ProbabilityMeter",
    "SegmentedSwitch",
    "TrendPlot",
    "ValueRow",
    "WaveformView",
    "inset",
    "label",
    "restyle",
    "wrapped",
]
