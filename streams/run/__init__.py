"""`waterbed run`: the whole of Waterbed on one machine, started and stopped as one.

`services` brings up the stack, `children` keeps the four commands running (each on a `tether`, so
none outlives this process), `history` and `burst` send, `figures` tells how far everything is,
`live` and `loaded` are the two ways to run. `keeper` cleans up after a run that was killed.
"""
