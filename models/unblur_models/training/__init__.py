"""Training of the project's own networks: blur synthesis, data, trainer and export.

Needs torch, numpy and safetensors; packing pictures needs Pillow as well. Every sample is a
function of the run's seed and the sample's index, so a run can stop and go on anywhere.
"""
