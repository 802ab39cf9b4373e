"""Anomaly Detection: finding rows unlike the others."""
