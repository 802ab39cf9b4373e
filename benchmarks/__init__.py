"""Measures this project against its peers: `python -m benchmarks`. What is measured is in `parts/`, what is timed in `work/`."""
