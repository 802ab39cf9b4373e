"""Models served by a process of this machine, for as long as the program that deployed them lives."""
