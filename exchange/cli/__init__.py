"""The command line, asylum-exchange."""
