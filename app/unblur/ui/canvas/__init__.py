"""The canvas: photo and result under one view.

The way of a pixel: photo or restored layer → display tile of a pyramid level (colour-managed,
converted when first seen) → surface (tiles scaled once to device pixels) → window. What
changes often is applied late: strength and divider when surfaces are painted, mask and
feather when a tile is put together. So each change redoes no more than what depends on it.

Everything is painted in device pixels, tiles clipped to whole ones and read with an apron of
their neighbours' pixels: no zoom and no display scale opens a line between them. Work on tiles
is cut into steps and put off to the next paint when time is up; a stand-in shows meanwhile.
"""
