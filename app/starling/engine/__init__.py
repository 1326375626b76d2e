"""Engine processes: host, worker, retry rules."""
