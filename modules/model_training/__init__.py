"""Model Training: untrained models and data in, trained models out."""
