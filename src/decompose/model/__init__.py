"""Frozen values that stages hand to each other. Standard library only.

source     files, places, problems
facts      what one file says
program    nodes, edges, framework facts
view       what framework readers see of the program
partition  capabilities, boundaries, findings, scores
proposal   what a person reviews and edits
"""
