"""SRN-DeblurNet (Tao et al., CVPR 2018): one encoder and decoder, run from coarse to fine."""
