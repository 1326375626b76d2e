"""Wayland: wtype, wl-clipboard, and what compositors tell about the focus."""
