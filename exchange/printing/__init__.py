"""Papers that an authority hands out, made on its own side from what it verified."""
