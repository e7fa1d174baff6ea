"""The command line: the same engine without a window. Knows no Qt.

torch is imported when there is something to restore, so that help and refusals are quick.
"""
