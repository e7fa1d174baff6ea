"""Restormer (Zamir et al., CVPR 2022): a U-Net whose attention is among channels, not places.

Attention among C channels costs C² a place, whatever the size of the picture.
"""
