"""Settings: declared once, kept in one TOML file."""
