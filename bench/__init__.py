"""`make bench` compares the program with a simple way to do the same, in the same run. The results are ratios."""
