"""Inference without a window: requests, tiling, devices, the runner.

Needs numpy, torch and safetensors only, so that it runs on a bare GPU machine.
"""
