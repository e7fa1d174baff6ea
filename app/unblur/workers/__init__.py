"""The only threads: the inference worker with its client, and file jobs."""
