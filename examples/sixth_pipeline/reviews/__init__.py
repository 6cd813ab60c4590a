"""Product reviews, each told positive, mixed or negative."""
