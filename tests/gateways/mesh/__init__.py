"""Tests of the mesh gateway."""
