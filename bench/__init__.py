"""What measures speed: every figure is a ratio to a page with our layout and no content, taken side by side in one run."""
