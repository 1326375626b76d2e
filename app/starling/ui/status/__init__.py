"""The status panel: what Starling runs on, and how well."""
