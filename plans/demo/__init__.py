"""The demo: a believable, fictional campus in the middle of its move."""
