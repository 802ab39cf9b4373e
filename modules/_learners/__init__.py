"""The algorithms behind the learner modules, one family a file. Elsewhere: their ports and parameters (modules/machine_learning_algorithms/)."""
