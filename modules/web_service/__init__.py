"""Web Service: where a pipeline's callers put data in and take results out."""
