"""What did the user ask for, and how is it told? The only place that talks to a terminal, or to a pipe.

entry      the command's beginning and end: what went wrong, and the exit code
app        words on the command line become a job (typer)
options    what the words of an analysis mean, as help shows them
jobs       what each command does, by way of the pipeline
screen     the summary of an analysis, as large as the terminal
progress   how far an analysis is, for who watches
explained  what ties a thing to the program
skeletons  what was done with each file of a skeleton
failure    how a mistake is told
signals    Ctrl-C, and a request to end
terminal   what a stream can show
printable  names of strangers, made harmless

Standard output holds the result and nothing else; standard error holds progress and messages.
"""

from decompose.cli.entry import main

__all__ = ["main"]
