"""Views of the site in use."""
