"""Views of the duty roster."""
