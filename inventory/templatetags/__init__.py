"""Template tags of belongings in custody."""
