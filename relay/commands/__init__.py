"""What people can ask by text, and what is answered."""
