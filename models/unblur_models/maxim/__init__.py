"""MAXIM (Tu et al., CVPR 2022): a UNet of multi-axis gated MLPs, run in several stages."""
