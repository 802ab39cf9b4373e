"""Steps and pipelines under Azure ML's names, run by designer's engine."""
