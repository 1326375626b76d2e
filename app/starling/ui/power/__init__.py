"""The NPU's power mode in the window: a card for the preferences, a menu for the tray."""
