"""One run: clock, loop, and what follows the search."""
