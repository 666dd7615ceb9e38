"""HTTP for authorities."""
