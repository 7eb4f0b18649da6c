"""What a page may cost: queries and bytes, the same at ten rows and at a thousand."""
