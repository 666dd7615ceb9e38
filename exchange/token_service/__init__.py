"""The token service: it evaluates a keyed function on blinded input, and is run by a body that is not the hub."""
