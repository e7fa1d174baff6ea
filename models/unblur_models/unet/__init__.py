"""A deblurring autoencoder: an encoder–decoder at full resolution with skip connections."""
