"""The migrations, in order; each is plain SQL."""
