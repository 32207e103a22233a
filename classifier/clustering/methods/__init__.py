"""Ways to cluster, a file each: points in, cluster numbers out."""
