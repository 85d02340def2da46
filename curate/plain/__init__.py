"""The kernels in plain Python: what few rows are measured with, and what the compiled ones are held to.

To compile the kernels, or only to load them, takes longer than to measure a thousand rows without. Each function here
takes the arguments of the kernel of its name and gives the same numbers, as tests show on random Unicode.
"""
