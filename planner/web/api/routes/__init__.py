"""The operations, a module per area."""
