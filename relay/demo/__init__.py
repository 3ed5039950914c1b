"""The demonstration: a whole node at work on simulated modems, for whoever is new."""
