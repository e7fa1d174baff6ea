"""The program's place on a person's desktop: its menu entry, its icons and what it opens."""
