"""The demo: a judged case, told by the authorities that caused it."""
