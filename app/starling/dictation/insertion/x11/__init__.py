"""X11 by python-xlib: keys, selections, and whose window has the focus. Never in the thread of the window."""
