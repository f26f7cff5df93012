"""Saga costs on cases that can be counted by hand."""

from decompose.graph.sagas import pruned_runs, saga_costs


def test_a_saga_costs_the_clashes_of_its_runs_with_other_distributed_ones() -> None:
    owner = {"order": "orders", "payment": "payments", "stock": "stock"}
    accesses = {
        "buy": [("order", True), ("payment", True), ("stock", False)],
        "refund": [("payment", False), ("order", True)],
        "look": [("order", False), ("order", False)],
    }
    # buy: payment write clashes with refund's read; refund: its read clashes with buy's write
    assert saga_costs(accesses, owner) == {"buy": 1, "refund": 1, "look": 0}


def test_runs_keep_the_first_read_and_write_and_nothing_after_a_write() -> None:
    accesses = [("a", False), ("a", True), ("a", False), ("b", False), ("b", False)]
    found = pruned_runs(accesses, {"a": "x", "b": "y"})
    assert found == [("x", [("a", False), ("a", True)]), ("y", [("b", False)])]


def test_entry_points_that_do_the_same_clash_with_each_other() -> None:
    owner = {1: "orders", 2: "payments"}
    both = [(1, False), (2, True), (1, True)]
    assert saga_costs({"first": both, "second": both}, owner) == {"first": 2, "second": 2}
