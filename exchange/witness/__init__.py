"""A witness of ledgers (C2SP tlog-witness): it cosigns a checkpoint that continues the last one, and no other."""
