"""Code systems, value sets and maps: those that come with the program (`data/`), and those a city imports."""
