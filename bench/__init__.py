"""`make bench` compares the program with a simple way to do the same. Both run together, and the results are ratios."""
