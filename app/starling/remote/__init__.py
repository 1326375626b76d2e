"""Commands for the Starling that runs, from other processes of its user: one line of JSON each way over a socket."""
