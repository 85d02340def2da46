"""The commands, one file each: `add` declares the arguments, `run` calls one function and prints its report."""
