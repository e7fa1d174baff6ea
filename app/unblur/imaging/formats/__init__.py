"""One module a file format. Each turns bytes into a `Decoded`, or pixels into bytes, and
does so with the library that keeps the most: Pillow refuses cut JPEGs and keeps their
metadata, OpenCV reads PNG at every depth, OpenImageIO reads every TIFF, libheif reads HEIC.
PNG and TIFF are written by ourselves, strip by strip, so that a large photo needs little
memory and every block of metadata survives byte for byte.
"""
