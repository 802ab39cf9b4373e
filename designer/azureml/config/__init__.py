"""What is run and in what: `ScriptRunConfig`, `RunConfiguration`, `Environment` and their parts; plain data. Elsewhere: running it (launch/)."""
