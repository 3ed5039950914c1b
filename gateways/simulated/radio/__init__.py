"""Simulated Meshtastic radios, and people with phones, on one air.

The sibling of the simulated modems: radios listen on TCP and on ptys with
the stream protocol of firmware 2.7, a control socket moves the people, and
`air.jsonl` is the witness.  Nothing here is shared with the node's own
mesh gateway, whose promises it witnesses.
"""
