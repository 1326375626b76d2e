"""Sound in and out: the only user of sounddevice and PyAV."""
