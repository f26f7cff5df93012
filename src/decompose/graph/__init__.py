"""The dependency graph, what is asked of it, and what it measures."""

from decompose.graph.analysis import Analysis, Program, Unlinked
from decompose.graph.builder import GraphBuilder
from decompose.graph.dependency import NOBODY, DependencyGraph, Edge

__all__ = ["NOBODY", "Analysis", "DependencyGraph", "Edge", "GraphBuilder", "Program", "Unlinked"]
