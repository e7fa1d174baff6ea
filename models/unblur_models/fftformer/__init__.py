"""FFTformer (Kong et al., CVPR 2023): a U-Net whose attention multiplies spectra of patches.

Only the way up attends: on the way down the features are still as blurred as the picture, and
likeness between them misleads.
"""
