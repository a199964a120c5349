"""A seeded random world around the real services, the real adapters and real databases: never twice, never lost.

``python -m tests.simulator --help`` says how to run it, docs/dev/simulator.md how to read it.
"""
