"""Traffic with a known truth, and the published history as events."""
