"""Runs first in the built program: nothing that importing Qt makes is garbage.

Looking for some takes part of the time until the window is there. `entry.py` lets Python look
again.
"""

import gc

gc.disable()
