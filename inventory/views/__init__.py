"""The pages of belongings in custody."""
