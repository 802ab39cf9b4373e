"""Data Transformation: rows and columns in, rows and columns out."""
