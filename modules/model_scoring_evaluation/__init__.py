"""Model Scoring & Evaluation: using trained models, and judging them."""
