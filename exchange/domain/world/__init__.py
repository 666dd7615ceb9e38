"""An invented world of persons on their way between states, with the truth about each of them. Pure and seeded."""
