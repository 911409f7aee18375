"""MyST notebooks in, a checked and rendered book out.

The steps, one module each, in the order in which data flows; none imports a later one:
read -> execute -> check -> export -> render. ``python -m pipeline`` is the door.
"""
