"""A residual U-Net of plain convolutions on a pixel-unshuffled picture: quick on a CPU."""
