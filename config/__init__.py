"""What the operator decides, and what the node says."""
