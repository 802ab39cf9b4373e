"""Why our modules differ from the original's where they do: module titles (or *), how the difference begins, the reason."""

from __future__ import annotations

_NETWORKS = "Two-Class Neural Network | Multiclass Neural Network | Neural Network Regression"

EXPLAINED: list[tuple[str, str, str]] = [
    ("*", "hidden parameter", "nobody could see it there"),
    ("Clean Missing Data", "parameter Number of Iterations", "belongs to modes that nobody could choose there"),
    ("Edit Metadata", "parameter Data type: choices", "time spans can be chosen too"),
    ("Edit Metadata", "parameter Fields: choices", "weights can be set too"),
    ("Edit Metadata", "parameter TimeSpan Format: type", "the units are listed"),
    ("Group Data into Bins", "parameter Binning mode: choices", "the mode that its last parameters belong to"),
    ("Group Data into Bins", "parameter Bin width: least", "a width of 0 makes no bins"),
    ("Partition and Sample", "parameter Rate of sampling", "a share of the rows"),
    ("Split Data", "parameter Splitting mode: choices", "the mode that its recommender parameters belong to"),
    ("Filter Based Feature Selection", "parameter Number of desired features: least", "no feature is no result"),
    (_NETWORKS, "parameter Hidden layer specification: always", "there is one choice in both trainer modes"),
    (_NETWORKS, "parameter Number of hidden nodes: always", "it counts in both trainer modes"),
    ("K-Means Clustering", "parameter Range for Number", "belongs to a trainer mode that nobody could choose there"),
    ("K-Means Clustering", "parameter Random number seed: shown", "the one of a trainer mode that nobody could choose there"),
    ("K-Means Clustering", "parameter Initialization for sweep", "belongs to a trainer mode that nobody could choose there"),
    ("Fast Forest Quantile Regression", "parameter Number of Trees: least", "a forest has a tree"),
    ("Fast Forest Quantile Regression", "parameter Minimum number", "a leaf has a row"),
    ("Fast Forest Quantile Regression", "parameter Bagging fraction", "a share of the rows"),
    ("Fast Forest Quantile Regression", "parameter Split fraction", "a share of the features"),
    ("Fast Forest Quantile Regression", "parameter Quantiles to be estimated: always", "it counts in both trainer modes"),
    ("Tune Model Hyperparameters", "parameter Specify parameter sweeping mode: choices", "the mode that its grid parameters belong to"),
    ("Execute R Script", "parameter Random seed: most", "R's own limit"),
    ("Extract N-Gram Features from Text", "parameter Maximum n-gram document ratio: most", "a share of the documents"),
    ("Preprocess Text", "parameter Remove", "belongs to a switch that nobody could see there; needs a tagger that works offline"),
    ("Train Vowpal Wabbit Model", "inputs", "in Python an optional input stands behind the required one"),
]  # fmt: skip
