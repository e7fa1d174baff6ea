"""Pixels in and out of files, and the result put together: codecs, metadata, masks, compositing."""
