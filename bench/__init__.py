"""What `make bench` measures: the program beside a plain way of doing the same, in one run, told as ratios."""
