"""Related headlines into clusters that a reader can name."""

from __future__ import annotations

from classifier.clustering.cluster import Cluster, ClusterResult, cluster_headlines, cluster_merged
from classifier.clustering.merge import MergedHeadline, merge_headlines

__all__ = ["Cluster", "ClusterResult", "MergedHeadline", "cluster_headlines", "cluster_merged", "merge_headlines"]
