"""PostgreSQL, a Redis-protocol server and the exchange's own processes under one supervisor."""
