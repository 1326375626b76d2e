"""Whether an utterance is addressed to Starling."""
