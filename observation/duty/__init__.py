"""The duty roster: drawn by rule, changed by people, asked at any moment who is in charge."""
