"""Grafana dashboards as code, with their SQL and the JSON generated from them."""
