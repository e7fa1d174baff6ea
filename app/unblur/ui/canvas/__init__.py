"""The picture area: an ordered list of layers painted from one frozen frame."""
