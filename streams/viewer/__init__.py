"""The dashboards in a browser, drawn from the same JSON and SQL that Grafana reads."""
