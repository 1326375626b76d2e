"""How Starling looks: tokens, palettes, the style sheet and the icons."""
