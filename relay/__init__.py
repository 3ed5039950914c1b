"""The node: who gets what, when, through which way."""
