"""Related headlines into clusters that a reader can name."""

from __future__ import annotations

from classifier.clustering.cluster import Cluster, ClusterResult, cluster_headlines, cluster_merged
from classifier.clustering.merge import MergedHeadline, merge_headlines
from classifier.clustering.pages import ClusteredPages, cluster_pages

__all__ = [
    "Cluster",
    "ClusterResult",
    "ClusteredPages",
    "MergedHeadline",
    "cluster_headlines",
    "cluster_merged",
    "cluster_pages",
    "merge_headlines",
]
