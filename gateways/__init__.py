"""Ways out to people and back in."""
