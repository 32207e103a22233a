"""Gold and predictions to scores, intervals and tests."""
