"""The coordinator: one thread that owns the turn machine and wires everything."""
