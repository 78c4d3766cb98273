"""Forms of belongings in custody: they validate and never act; their field names are the verbs' parameters."""
