"""Datasets and datastores as files and folders of this machine."""
