"""Pages to weighted terms: tokens, kinds of terms, counts and tf-idf, in integer arrays."""
