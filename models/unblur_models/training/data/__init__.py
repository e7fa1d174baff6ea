"""Pictures to train on: packs on disk, crops on the device, and no leak between the sides."""
