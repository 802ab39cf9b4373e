"""What modules share: column pickers, roles, errors, encoding, metric formulas. Elsewhere: the modules themselves."""
