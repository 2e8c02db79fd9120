"""The former form of the algorithm, kept as an oracle.

Before there was one source of a run as a state, each part was a generator: it yields a move and a
point, and is sent the value of the function there. This is that code, with nothing of the package
but the names of moves, statuses and rules. It makes each call in `call`, by arrays only, and what
it evaluates and returns is what the package must evaluate and return, to the bit.
"""
