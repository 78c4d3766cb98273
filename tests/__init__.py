"""The tests: sentences about the house."""
