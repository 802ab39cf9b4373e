"""Reading and writing data, and the sample data sets."""
