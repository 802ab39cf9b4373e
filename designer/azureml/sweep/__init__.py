"""HyperDrive: spaces, sampling, early termination, and the loop over trials."""
