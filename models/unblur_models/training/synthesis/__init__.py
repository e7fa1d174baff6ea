"""Blur made from sharp photographs, batched, on the device, in linear light."""
