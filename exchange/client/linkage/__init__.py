"""Linkage at the authority: a record becomes match keys and keyed tokens, and no name leaves the office."""
