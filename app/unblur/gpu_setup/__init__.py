"""Gives a person's graphics card the build of PyTorch that computes with it.

The program carries PyTorch's CPU build. `hardware` tells the card and `builds` the build that
fits it; `index`, `resolving` and `unpacking` bring its wheels into the person's data folder;
`store` does all that and keeps it, `activation` makes `import torch` find it, and `trial` sees
beforehand that it works. None of it imports Qt, and torch is imported by the trial alone.
`hardware` and `builds` serve `packaging/bootstrap.py` too, so they need Python alone.
"""
