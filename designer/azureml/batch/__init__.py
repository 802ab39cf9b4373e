"""`ParallelRunStep`: an entry script's `init` and `run` over mini-batches, in processes of this machine."""
