"""The page of models: what is installed, what can be, and what each costs on this machine."""
