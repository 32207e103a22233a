"""`chude serve`: labels, pages, clusters and words over HTTP, with the same fields as the command line gives."""
