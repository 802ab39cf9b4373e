"""Bringing what there is: exported graphs, step scripts, MLflow."""
