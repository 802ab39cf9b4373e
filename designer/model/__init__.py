"""What a pipeline is: frozen documents, edits, problems, run records. Elsewhere: questions (graph), keeping (store)."""
