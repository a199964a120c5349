"""What the adapters send, held against what the networks' own documentation says they take."""
