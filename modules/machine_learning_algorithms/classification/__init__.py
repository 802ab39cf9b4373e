"""Classification: untrained models that predict a class."""
