"""The trained model, its calibration, its artifact on disk, and its use in several processes."""
