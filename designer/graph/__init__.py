"""Is a pipeline right, and in what order does it run? Elsewhere: documents (model), running them (engine)."""
