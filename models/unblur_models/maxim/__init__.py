"""MAXIM: multi-axis MLP for image processing (Tu et al., CVPR 2022)."""
