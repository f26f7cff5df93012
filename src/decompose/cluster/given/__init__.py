"""What belongs together in a graph that another tool made? No code to read: only ties, visits and names.

ties       what speaks for two nodes belonging together
consensus  clusters that come back when the evidence is shaken
bill       what a cut costs, in the published figures, as one number
search     moves that lower the bill
words      what names and given words tell about each node
partition  the result, described and judged against plain clustering
"""

from decompose.cluster.given.partition import cluster_given

__all__ = ["cluster_given"]
