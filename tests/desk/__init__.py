"""The reception of a hospital."""
