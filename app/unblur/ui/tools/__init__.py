"""Gestures on the canvas: press, move, release, cancel. One gesture is one undo step."""
