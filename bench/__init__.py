"""Measurements: ratios taken in one run on one machine. ``make bench`` runs them and writes docs/performance.md."""
