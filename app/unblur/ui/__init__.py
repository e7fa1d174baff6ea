"""The window. Knows Qt, and of the engine only values and the torch-free planning."""
