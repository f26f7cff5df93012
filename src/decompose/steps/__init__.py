"""The pipeline's own small parts, so that `pipeline.py` stays one page; the only place besides it that joins stages.

reading   files become facts: in parallel, each text only once in its life
output    the folder that a run writes: whose files are whose, and nothing half-written
memory    an unchanged tree is not analyzed twice
excerpts  the line of code behind a piece of evidence
summary   what a run tells at its end
clock     what each stage cost, and who wants to watch
"""
