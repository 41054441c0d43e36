"""Reference images: takes a person's files, checks and cleans them, and gives EvoLink an address for each."""
