"""What is installed: the wheels of both distributions, and what they need."""
