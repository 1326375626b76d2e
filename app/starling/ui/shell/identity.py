"""How the desktop knows Starling. The .desktop file, the metainfo and the icon carry the same names."""

APP_ID = "io.github.starling.Starling"
NAME = "Starling"
ORGANISATION = "starling"
