"""Papers of the site in use."""
