"""Why the hub does not take a request: what both sides built, told in plain words."""
