"""The pages on which people find doctors and hospitals."""
