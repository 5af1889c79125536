"""The analysis half: a Faust app that keeps the aggregates exact."""
