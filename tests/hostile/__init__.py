"""The suite's own hostile upstream: EvoLink's contract, served by a process that loses, breaks, delays and lies.

`server` is that process: the sandbox answers behind it, and it damages the answers. `damages` is the table of what can
happen, `log` what it writes down, `upstream` the handle of the tests. `loop` works against it with kills, stops and
clocks that jump, and `reader` says what went wrong, from the log, the database, the files and the pages.
"""
