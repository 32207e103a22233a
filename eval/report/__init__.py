"""The parts of a report and what is said about them."""
