"""Event schemas as code: loading, framing, columnar decode, examples, registry, topics."""
