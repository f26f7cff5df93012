"""Made-up analyses: a shop of up to thirty services, as believable as the page needs to be looked at.

`shop(8)` is the usual one; `rename` gives its parts other names, for instance hostile ones.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from decompose.graph import Analysis, GraphBuilder, Program, Unlinked
from decompose.model.partition import (
    Boundary,
    Capability,
    Crossing,
    Doubt,
    Finding,
    Partition,
    Scores,
    Severity,
)
from decompose.model.program import (
    AccessMode,
    Column,
    Command,
    Confidence,
    EdgeKind,
    NodeKind,
    Route,
    Schedule,
    Table,
    TableAccess,
    Task,
)
from decompose.model.proposal import Proposal, Service
from decompose.model.source import FileRole, Problem, Site, SourceFile

DOMAINS = (
    (
        "ordering",
        "Takes carts to orders and orders through their life.",
        "order orderline cart statuschange",
    ),
    ("payments", "Charges and refunds, talks to payment providers.", "payment refund paymentevent"),
    (
        "catalogue",
        "Describes what can be bought: products, prices, reviews.",
        "product category price review tag",
    ),
    (
        "customers",
        "Knows who buys: accounts, addresses, loyalty points.",
        "customer address segment loyaltyentry",
    ),
    (
        "fulfilment",
        "Holds stock and brings parcels to customers.",
        "stockitem shipment carrier rate",
    ),
    ("promotions", "Decides discounts: vouchers and campaigns.", "voucher campaign redemption"),
    (
        "notifications",
        "Writes to customers: templates and messages.",
        "message template stockalert",
    ),
    (
        "backoffice",
        "Serves the staff: settings, audit, daily figures.",
        "sitesetting auditentry dailysales",
    ),
    ("search", "Finds products by words and facets.", "searchindex synonym"),
    ("returns", "Takes goods back and settles what is owed.", "returnrequest returnline"),
    ("invoicing", "Writes invoices and credit notes.", "invoice creditnote"),
    ("tax", "Knows rates and exemptions.", "taxrate exemption"),
    ("pricing", "Computes what a customer pays.", "pricelist surcharge"),
    ("supplier-management", "Keeps suppliers, contracts and lead times.", "supplier contract"),
    ("purchasing", "Orders goods from suppliers.", "purchaseorder receipt"),
    ("warehouse", "Bins, picks and counts.", "bin pick count"),
    ("identity", "Signs people in and knows what they may do.", "account session grant"),
    ("reviews-and-ratings", "Collects opinions and hides spam.", "rating report"),
    ("recommendations", "Proposes what goes together.", "affinity"),
    ("content", "Pages, banners and menus.", "page banner"),
    ("media", "Stores and scales pictures.", "asset rendition"),
    ("analytics", "Counts visits and conversions.", "visit conversion"),
    ("fraud-prevention-and-risk-scoring", "Stops orders that smell.", "riskscore blocklist"),
    ("subscriptions", "Repeats orders on a schedule.", "subscription renewal"),
    ("gift-cards", "Sells and redeems gift cards.", "giftcard giftcardentry"),
    ("support", "Answers questions and complaints.", "ticket reply"),
    ("marketplace", "Lets others sell here.", "seller payout"),
    ("localisation", "Languages, currencies and units.", "translation currency"),
    ("exports", "Hands data to accountants and partners.", "exportjob"),
    ("scheduling", "Books delivery slots.", "slot booking"),
)
HUBS = (2, 3, 16, 27)
"""Domains that many others need."""

Rename = Callable[[str], str]


@dataclass
class Draft:
    """What grows while the shop is built."""

    builder: GraphBuilder
    capabilities: list[Capability] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    routes: list[Route] = field(default_factory=list)
    tasks: list[Task] = field(default_factory=list)
    accesses: list[TableAccess] = field(default_factory=list)


def shop(services: int = 8, rename: Rename = str) -> Analysis:
    """An analysis with that many services."""
    domains = DOMAINS[:services]
    files = [f"shop/{name.replace('-', '_')}/services.py" for name, _, _ in domains]
    files += ["shop/core/utils.py", "tests/test_orders.py"]
    roles = [FileRole.PROGRAM] * (len(files) - 1) + [FileRole.TEST]
    lines = [_lines(number) for number in range(len(files))]
    draft = Draft(GraphBuilder([rename(path) for path in files], roles, lines))
    for number in range(len(domains)):
        _service(draft, number, rename)
    utils = draft.builder.node("shop.core.utils", NodeKind.MODULE, file=len(domains), line=1)
    draft.builder.node(
        "shop.core.utils.money", NodeKind.FUNCTION, parent=utils, file=len(domains), line=12
    )
    pairs = _dependencies(len(domains))
    for consumer, provider in pairs:
        _foreign_access(draft, consumer, provider, rename)
    names = [rename(name) for name, _, _ in domains]
    boundaries = [_boundary(draft, names, pair, weight, rename) for pair, weight in pairs.items()]
    return Analysis(
        name=rename("shop"),
        files=tuple(
            SourceFile(rename(p), p[:-3].replace("/", "."), r, is_package=False, size=900)
            for p, r in zip(files, roles, strict=True)
        ),
        problems=(
            Problem(
                rename("shop/legacy/fax.py"),
                41,
                "syntax",
                rename("invalid syntax: print 'sent'"),
                "the rest of the file was read",
            ),
            Problem(
                "shop/data/dump.py",
                0,
                "too-large",
                "4.1 MB of literals",
                "exclude it if it is no code",
            ),
        ),
        program=_program(draft, rename),
        partition=_partition(draft, rename),
        alternatives=(Partition(tuple(draft.capabilities[:3]), (), ()),) if services > 3 else (),
        proposal=_proposal(draft),
        boundaries=tuple(sorted(boundaries, key=lambda b: (-b.weight, b.consumer, b.provider))),
        findings=_findings(draft, names, list(pairs), rename),
        scores=_scores(services),
    )


def nothing() -> Analysis:
    """The analysis of an empty tree."""
    return Analysis(
        name="empty",
        files=(),
        problems=(),
        program=Program(GraphBuilder([], [], []).build()),
        partition=Partition((), (), ()),
        alternatives=(),
        proposal=Proposal(()),
        boundaries=(),
        findings=(),
        scores=(),
    )


def _lines(number: int) -> int:
    return 240 + (number * 7919) % 5200


def _dependencies(count: int) -> dict[tuple[int, int], float]:
    """(consumer, provider) -> weight: some hubs, a few chains, a few cycles."""
    found = {}
    for consumer in range(count):
        for provider in range(count):
            dice = (consumer * 31 + provider * 17 + consumer * provider * 7) % 23
            if consumer != provider and (dice < 3 or (provider in HUBS and dice < 15)):
                found[consumer, provider] = float(1 + (dice * dice * 13 + consumer * 5) % 97)
    return found


def _service(draft: Draft, number: int, rename: Rename) -> None:
    name, purpose, things = DOMAINS[number]
    package = f"shop.{name.replace('-', '_')}"
    path = rename(f"shop/{name.replace('-', '_')}/services.py")
    builder = draft.builder
    module = builder.node(rename(f"{package}.services"), NodeKind.MODULE, file=number, line=1)
    tables, entries = [], []
    for place, thing in enumerate(things.split()):
        model, table = (
            rename(f"{package}.services.{thing.title()}"),
            rename(f"{name.replace('-', '_')}_{thing}"),
        )
        line = 10 + place * 30
        builder.node(model, NodeKind.CLASS, parent=module, file=number, line=line)
        save = builder.node(
            rename(f"{package}.services.save_{thing}"),
            NodeKind.FUNCTION,
            parent=module,
            file=number,
            line=line + 18,
        )
        node = builder.node(f"table:{table}", NodeKind.TABLE, file=number, line=line)
        builder.edge(save, node, EdgeKind.WRITES, Confidence.EXACT, line=line + 21)
        site = Site(path, line)
        columns = (
            Column("id", "BigAutoField", line, primary_key=True),
            Column("owner", "ForeignKey", line + 2, references=_other_table(number, rename)),
        )
        draft.tables.append(Table(table, model, site, "django", columns))
        for mode, offset in ((AccessMode.CREATE, 21), (AccessMode.READ, 25)):
            draft.accesses.append(
                TableAccess(
                    rename(f"{package}.services.save_{thing}"),
                    table,
                    mode,
                    Site(path, line + offset),
                )
            )
        route = Route(
            "GET", f"/{name}/{thing}s/{{pk}}/", model, site, "rest", parameters=(("pk", "integer"),)
        )
        draft.routes.append(route)
        entries.append(route.node)
        tables.append(f"table:{table}")
    task = Task(
        f"{name}.nightly",
        rename(f"{package}.services.save_{things.split()[0]}"),
        Site(path, 200),
        "celery",
    )
    draft.tasks.append(task)
    members = sorted(
        n
        for n in builder.names()
        if n.startswith(rename(f"{package}.services")[:1])
        and builder.file_of(builder.find(n) or 0) == number
        and not n.startswith("table:")
    )
    draft.capabilities.append(
        Capability(
            rename(name),
            rename(purpose),
            tuple(members),
            tuple(sorted(tables)),
            (*sorted(entries), f"task:{task.name}"),
            tuple(rename(t) for t in things.split()),
            _lines(number),
            (0.97, 0.93, 0.78, 0.88, 0.59)[number % 5],
        )
    )


def _other_table(number: int, rename: Rename) -> str:
    name, _, things = DOMAINS[2 if number % 2 else number]
    return rename(f"{name.replace('-', '_')}_{things.split()[0]}") + ".id"


def _foreign_access(draft: Draft, consumer: int, provider: int, rename: Rename) -> None:
    owner, reader = DOMAINS[provider], DOMAINS[consumer]
    table = rename(f"{owner[0].replace('-', '_')}_{owner[2].split()[0]}")
    mode = AccessMode.UPDATE if (consumer + provider) % 5 == 0 else AccessMode.READ
    package = reader[0].replace("-", "_")
    source = rename(f"shop.{package}.services.save_{reader[2].split()[-1]}")
    site = Site(rename(f"shop/{package}/services.py"), 61 + provider)
    draft.accesses.append(TableAccess(source, table, mode, site, loop_depth=provider % 2))


def _boundary(
    draft: Draft, names: list[str], pair: tuple[int, int], weight: float, rename: Rename
) -> Boundary:
    consumer, provider = draft.capabilities[pair[0]], draft.capabilities[pair[1]]
    path = rename(f"shop/{DOMAINS[pair[0]][0].replace('-', '_')}/services.py")
    kinds = [EdgeKind.CALLS, EdgeKind.IMPORTS, EdgeKind.USES, EdgeKind.INSTANTIATES]
    if sum(pair) % 3 == 0:
        kinds += [EdgeKind.REFERENCES, EdgeKind.WRITES, EdgeKind.JOINS]
    crossings = []
    for number in range(2 + int(weight) // 4):
        kind = kinds[number % len(kinds)]
        is_key = kind in (EdgeKind.REFERENCES, EdgeKind.JOINS)
        source = consumer.tables[0] if is_key else consumer.members[number % len(consumer.members)]
        target = (
            provider.tables[0]
            if is_key or kind is EdgeKind.WRITES
            else provider.members[number % len(provider.members)]
        )
        sites = tuple(Site(path, 20 + number * 9 + step) for step in range(1 + number % 6))
        crossings.append(
            Crossing(
                kind, source, target, Confidence(2 - number % 3 // 2), sites, float(len(sites))
            )
        )
    return Boundary(names[pair[1]], names[pair[0]], tuple(crossings), weight)


def _program(draft: Draft, rename: Rename) -> Program:
    graph = draft.builder.build()
    code = [node for node in range(len(graph)) if graph.kind(node).is_code]
    unlinked = Unlinked(
        source=[code[n % len(code)] for n in range(40)],
        line=[10 + n for n in range(40)],
        reason=[2 + n % 4 for n in range(40)],
        text=[n % 3 for n in range(40)],
        strings=[rename("gateway.charge"), rename("handlers[kind](event)"), "self.client.post"],
    )
    return Program(
        graph,
        tables=tuple(sorted(draft.tables, key=lambda t: t.name)),
        routes=tuple(draft.routes),
        tasks=tuple(draft.tasks),
        commands=(
            Command(
                rename("export_orders"),
                "shop.core.utils.money",
                Site("shop/core/utils.py", 80),
                "django",
            ),
        ),
        schedules=(
            Schedule(
                "nightly",
                "task:ordering.nightly",
                Site("shop/settings.py", 210),
                "celery",
                "0 3 * * *",
            ),
        ),
        accesses=tuple(draft.accesses),
        unlinked=unlinked,
        resolved={
            "linked": 61_240,
            "library": 22_310,
            "builtin": 9_120,
            "unknown-receiver": 5_310,
            "unknown-attribute": 410,
            "unknown-name": 88,
            "dynamic": 902,
        },
        frameworks=("celery", rename("django"), "djangorestframework"),
    )


def _partition(draft: Draft, rename: Rename) -> Partition:
    first = draft.capabilities[0]
    second = draft.capabilities[-1].name
    return Partition(
        capabilities=tuple(draft.capabilities),
        shared=("shop.core.utils", "shop.core.utils.money"),
        unused=(),
        reasons={"shop.core.utils.money": rename("used by all services, owns no data")},
        doubts=(Doubt(first.members[1], 0.55, second), Doubt(first.members[0], 0.7, second)),
        table_reasons={
            table: rename("only its code writes it: 4 of 5 places")
            for c in draft.capabilities
            for table in c.tables
        },
        verdict=rename(
            "Splitting pays: most requests stay within one service, and 7 transactions need a saga. "
            "Start with notifications: nothing waits for it."
        ),
        worth_it=len(draft.capabilities) > 2,
    )


def _proposal(draft: Draft) -> Proposal:
    return Proposal(
        tuple(
            Service(
                c.name,
                c.purpose,
                (c.members[0].rpartition(".services")[0] or c.members[0],),
                (),
                (),
            )
            for c in draft.capabilities[1:]
        )
    )


def _findings(
    draft: Draft, names: list[str], pairs: list[tuple[int, int]], rename: Rename
) -> tuple[Finding, ...]:
    found = []
    for number, (consumer, provider) in enumerate(pairs[:24]):
        question = ("split_transactions", "shared_tables", "cut_foreign_keys", "chatty_calls")[
            number % 4
        ]
        severity = (Severity.HIGH, Severity.MEDIUM, Severity.MEDIUM, Severity.LOW)[number % 4]
        table = draft.capabilities[provider].tables[0].removeprefix("table:")
        path = rename(f"shop/{DOMAINS[consumer][0].replace('-', '_')}/services.py")
        sites = tuple(Site(path, 30 + step * 7) for step in range(1 + number % 11))
        found.append(
            Finding(
                question,
                severity,
                table,
                (names[consumer], names[provider]),
                rename(
                    f"{names[consumer]} and {names[provider]} change {table} in one transaction."
                ),
                sites,
                rename(
                    "Make it a saga: the first writes and publishes through an outbox, the second answers."
                ),
            )
        )
    return tuple(found)


def _scores(services: int) -> tuple[Scores, ...]:
    base = {
        "coverage": 0.97,
        "services": float(services),
        "largest_share": 0.24,
        "singleton_share": 0.0,
        "modularity": 0.51,
        "sm": 0.112,
        "icp": 0.27,
        "bcp": 1.91,
        "ifn": 2.3,
        "ned": 0.41,
        "focus": 0.38,
        "remote_calls": 4.2,
        "remote_calls_worst": 61.0,
        "distributed_writes": 9.0,
        "sagas": 7.0,
        "shared_writes": 5.0,
        "foreign_reads": 14.0,
        "cut_foreign_keys": 11.0,
        "cut_joins": 6.0,
        "call_depth": 3.0,
        "blast_radius": 0.31,
    }
    rivals = {"one service": 0.0, "packages": 1.6, "leiden": 1.2, "random": 4.0, "singletons": 9.0}
    rows = [Scores("proposal", base)]
    for name, factor in rivals.items():
        rows.append(
            Scores(
                name,
                {
                    k: (v * factor if v > 1 else min(1.0, v * (0.4 + factor / 5)))
                    for k, v in base.items()
                },
            )
        )
    return tuple(rows)
