"""Starting scripts: snapshots, working copies, environments, the process and its supervisor. Elsewhere: runs (runs/)."""
