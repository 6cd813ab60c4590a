"""Learning to tell the numbers of persons from others."""
