"""What a pipeline is: frozen data about modules, pipelines, edits, problems and runs. Elsewhere: questions (graph), keeping (store)."""
