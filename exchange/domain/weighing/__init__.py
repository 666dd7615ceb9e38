"""How surely two notices concern one person, judged from tokens that nobody here can read."""
