"""Reference images: from a person's disk, looked at and stripped, to an address that EvoLink can read."""
