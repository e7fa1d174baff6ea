"""The document model: pure values that describe a photo and what to restore in it.

Everything here is immutable and knows numpy at most: no files, no Qt, no torch. An edit is
a new `Document` that shares what did not change, so undo keeps whole documents for free."""
