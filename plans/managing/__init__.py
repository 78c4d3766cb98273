"""The management plan: how the site is run, written from the live data and the building's own clauses."""
