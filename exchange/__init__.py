"""The exchange: signed notices in, warnings out."""
