"""Recommendation: predicting what users will like."""
