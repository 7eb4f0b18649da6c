"""The demo: a small made-up town of hospitals, doctors and patients that has lived through some weeks by the workflows."""
