"""Child processes that hold the models: worker, host, retry policy, supervisor, typed clients."""
