"""The published ledger in a folder, kept and checked by whoever wants to."""
