"""A deblurring network that is told where a person is, and restores them apart."""
