"""What Starling answers."""
