"""Pages for caseworkers."""
