"""Runs: the folder that holds all that is known of one, and the jobs that fill it."""
