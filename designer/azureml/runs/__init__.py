"""Runs under Azure ML's names: `Run`, `Experiment`, the run of a script, the offline run. Elsewhere: starting scripts (launch/)."""
