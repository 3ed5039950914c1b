"""Simulated modems on ptys: they carry the demo, the drills and the tests.

They share no code with the node's own gateways, whose promises they
witness.
"""
