"""The same runs in compiled code, for functions that numba has compiled (extra ``numba``).

The algorithm does not call the user's function here either. What the generators of
`search`, `initial_simplex` and `run` of `minimizer.simplex` do between two points is compiled
once, for any function, as a machine: `run.tell` takes the value of a point and leaves the next
one. Only the loop between the machine and the function depends on the function, and only on the
types of its arguments, as it is called through a pointer. All this is kept in numba's cache.

`function` and `drive` know about numba and import it when it is needed; nothing else imports
this package.
"""
