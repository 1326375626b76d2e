"""The skills as tools of a language model: declared once, checked, and confirmed where they change something."""
