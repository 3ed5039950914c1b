"""The mesh: a Meshtastic radio as a gateway, and what its packets may hold."""
