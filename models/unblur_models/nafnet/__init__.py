"""NAFNet (Chen et al., Simple Baselines for Image Restoration, ECCV 2022).

A U-Net whose blocks have gates in place of activations. With it comes the local pooling of
Chu et al. (Improving Image Restoration by Revisiting Global Information Aggregation, ECCV
2022), which makes a picture larger than the training patches look like one of them.
"""
