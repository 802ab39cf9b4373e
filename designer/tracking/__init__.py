"""Who is logging: `Run`, `Experiment` and the current run, under Azure ML SDK v1's names and with its meaning."""
