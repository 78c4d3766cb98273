"""The papers of belongings in custody."""
