"""Forms of the site in use."""
