"""Where faces, people, objects and text are: shapes and masks in photo pixels. Knows no Qt.

Networks run through OpenCV, so nothing but it is installed for them. Each finder owns its
network, which is loaded at the first question; an instance belongs to one thread at a time,
because a network of OpenCV holds the answers of its last run. Finders look at a small copy of
the photo and answer in photo pixels.
"""
