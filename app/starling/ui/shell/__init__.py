"""What surrounds the window: start, single instance, tray, quit."""
