"""Azure ML SDK v1's names over designer's: its scripts, notebooks, pipelines and sweeps run here unchanged, into our store.

`designer run-script FILE`, `python -m designer.azureml FILE` and `import designer.azureml.install` make `azureml.core` and its
siblings importable. Which name lies where: names.py; how the import works: loader.py.
"""
