"""What reformtrack is built from, and what is built from it."""
