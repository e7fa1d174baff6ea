"""What the blur of a photo is: its kind, its size, where it is, and what to do about it.

Measured without weights, on numpy and OpenCV alone; knows no Qt. The kind is read from the
spectrum of the photo (`spectrum`, `kernels`, `fitting`), the map from its edges (`blur_map`);
`measurement` puts both together, `region_blur` asks the same of a part, and `advice` says it in
words.
"""
