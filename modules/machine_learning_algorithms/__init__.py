"""Machine Learning Algorithms: untrained models with their parameters."""
