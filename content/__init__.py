"""Where words come from, and how they become short, true and dated messages."""
