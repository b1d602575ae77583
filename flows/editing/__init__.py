"""Editing a flow as plain values: what a file or an edition holds, changed one step at a time. Pure.

values      reading and writing what an edition keeps; the refusals of this room
writing     the same as TOML, in the order in which a person writes it
rules       `then` in its three spellings as rows, and back; what follows where nothing is written
conditions  guards as rows of a form, and back
least       what a new node of each kind needs
operations  add, move, rename, delete, set, begin, write whole
steps       operations one after the other: undo, redo, what was there at any version
merging     two people at once: what each changed, node by node
"""
