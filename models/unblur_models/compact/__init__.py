"""A compact network at full resolution, grown out of one that removes haze."""
