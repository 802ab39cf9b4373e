"""Do it: the loop, one node's task, executors, formats of kept values, reuse. Elsewhere: what is asked to run (declare), what was logged (store)."""
