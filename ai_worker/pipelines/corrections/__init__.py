"""Corrects, translates or analyses texts held in MySQL."""
