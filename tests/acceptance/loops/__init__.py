"""Loops by real workers, under faults and kills, recounted by a program that knows nothing of ours."""
