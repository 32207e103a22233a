"""Plain predictions and gold labels in; scores, intervals, tests, plots and reports out."""
