"""Which results may be taken again, and the one reason why not. Elsewhere: running what has to run (runner.py).

code.py: what code a module consists of · packages.py: versions of libraries · files.py: files that modules read ·
history.py: earlier results · plan.py: the decision for each node · claims.py: two runs don't compute the same thing at once.
"""
