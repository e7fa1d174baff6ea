"""A zoo of deblurring networks in plain PyTorch. Importing it does not import torch."""
