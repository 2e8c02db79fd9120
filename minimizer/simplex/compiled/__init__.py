"""The same runs in compiled code, for functions that numba has compiled (extra ``numba``).

Nothing of the algorithm is here. Its functions are compiled from the one source, once for any user
function; this package has what numba needs for that: how a run's state lies in memory, the kernels
in loops, and the loop between the algorithm and the user's function, which is called through a
pointer, so that only this loop depends on the types of its arguments. All this is kept in numba's
cache.

`function` imports numba when it is needed; nothing else imports this package.
"""
