"""Guards that are proven needed: each is taken away in a copy of the project, and a test has to turn red."""
