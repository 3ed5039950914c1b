"""The demonstration: a whole node at work on simulated modems and radios, for whoever is new."""
