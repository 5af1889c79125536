"""Throughput and latency of the real commands on a real stack, and of peers doing the same job."""
