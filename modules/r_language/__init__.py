"""R Language: your own R code as a node."""
