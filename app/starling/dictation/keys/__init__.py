"""The keys that are heard whatever window has the focus: by an X11 grab, or by the desktop's GlobalShortcuts portal."""
