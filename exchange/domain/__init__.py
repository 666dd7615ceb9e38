"""Pure rules over frozen data: nothing here reads a clock, a socket, a file or the environment."""
