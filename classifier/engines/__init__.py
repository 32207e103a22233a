"""chude inside the engines of others: batches in, batches out, and runs over many machines."""
