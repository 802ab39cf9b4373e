"""Text Analytics: from text to columns."""
