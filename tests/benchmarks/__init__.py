"""Hamraz against the floor and against its peers: the same talk, the same durability, the same load, in turns."""
