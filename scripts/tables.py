#!/usr/bin/env python3
"""Makes the tables of docs/SCHEMES.md, docs/DEVICES.md and README.md anew, from the commands that stand above them.

    scripts/tables.py [quickstart] [bench] [first-loss] [first-loss-cross-layer] [lenet] [first-loss-lenet5] [resnet50] [resnet50-real]
                      [first-loss-resnet50] [attack] [paper] [projection] [first-loss-projection]

runs the experiments of these names (all if none is given; those of ResNet-50 take some minutes) and writes their numbers into the documents.
What the text around a table says of its numbers is for people to check.

    scripts/tables.py tuned OVERHEAD REPORT...

prints, of each leveller in the reports of a sweep, the settings of largest extension at no more than this overhead (0.05 is 5 %). Whoever changes
a sweep takes these for the lines named -tuned.
"""
import decimal
import json
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
SCHEMES = ROOT / "docs/SCHEMES.md"
DEVICES = ROOT / "docs/DEVICES.md"
PAPER = ROOT / "docs/PAPER.md"
README = ROOT / "README.md"


def run(command, name, *options):
    """Runs an experiment; its output and its report."""
    with tempfile.TemporaryDirectory() as out:
        said = subprocess.run(
            [ROOT / "sgs-ars", command, ROOT / f"experiments/{name}.yml", "--out", out, *options],
            check=True, text=True, stdout=subprocess.PIPE).stdout
        with open(pathlib.Path(out, "report.json"), encoding="utf-8") as file:
            return said, json.load(file)


def times(value):
    return "never" if value is None else f"{value:.2e}" if value >= 1e6 else f"{value:,.0f}"


def tenths(value):
    """Rounded as the terminal rounds: halves up."""
    return decimal.Decimal(value).quantize(decimal.Decimal("0.1"), decimal.ROUND_HALF_UP)


def wear(report):
    return [
        f"| {s['name']} | {s['maxCellWrites']} | {tenths(s['lifetimeExtension'])}× "
        f"| {tenths(100 * s['efficiency'])} % of {s['bound']:.0f}× | {tenths(100 * s['leastLayerEfficiency'])} % "
        f"| {tenths(100 * s['overhead'])} % | {tenths(s['stateBitsPerRow'])} |"
        for s in report["scenarios"]]


def band(time):
    return "" if time["low"] is None else f" ({times(time['low'])} to {times(time['high'])})"


def failures(report, names, epochs=False):
    rows = []
    for s in report["scenarios"]:
        if names and s["name"] not in names:
            continue
        first, *shares = s["lifetime"]
        row = f"| {s['name']} | {times(first['iterations'])}"
        if epochs:
            row += f" | {first['epochs']:,.0f}"
        elif first["projected"]:
            row += band(first)
        rows.append(row + "".join(f" | {times(f['iterations'])}" for f in shares) + " |")
    return rows


def attack(report):
    """Scenarios are named PATTERN.SCHEME."""
    extension = {s["name"]: s["lifetimeExtension"] for s in report["scenarios"]}
    patterns = ["fixed", "ascend", "follow"]
    schemes = [name.split(".", 1)[1] for name in extension if name.startswith("fixed.")]
    return [
        f"| {scheme} |" + "".join(f" {tenths(extension[f'{pattern}.{scheme}'])}× |" for pattern in patterns)
        for scheme in schemes]


def find_table(document, anchor, number):
    """The document's lines, and where the rows of the table of that number (from 0) behind a line with the anchor begin and end."""
    lines = document.read_text(encoding="utf-8").splitlines()
    at = next(i for i, line in enumerate(lines) if anchor in line)
    for _ in range(number + 1):
        while not re.match(r"\| -+", lines[at]):
            at += 1
        at += 1
    end = at
    while end < len(lines) and lines[end].startswith("|"):
        end += 1
    return lines, at, end


def replace_table(document, anchor, number, rows):
    """Puts rows under the heading of a table."""
    lines, at, end = find_table(document, anchor, number)
    lines[at:end] = rows
    document.write_text("\n".join(lines) + "\n", encoding="utf-8")


def named_in(document, anchor, number):
    """The first cells of a table's rows, in order."""
    lines, at, end = find_table(document, anchor, number)
    return [line.split("|")[1].strip() for line in lines[at:end]]


def quickstart():
    said, _ = run("run", "quickstart")
    shown = [line for line in said.splitlines() if line.strip()]
    text = README.read_text(encoding="utf-8")
    begin = text.index("    run quickstart-")
    end = text.index("\n", text.index("    next: ", begin))
    name = re.search(r"run (quickstart-\S+),", said).group(1)
    first = next(i for i, line in enumerate(shown) if line.startswith("run quickstart-"))
    block = "\n".join("    " + line for line in shown[first:])
    block = re.sub(r"report: \S+/report.html", f"report: out/{name}/report.html", block)
    block = re.sub(r"serve \S+", "serve out", block)
    README.write_text(text[:begin] + block + text[end:], encoding="utf-8")


def bench():
    _, report = run("bench", "bench")
    anchor = "./sgs-ars bench experiments/bench.yml"
    replace_table(SCHEMES, anchor, 0, wear(report))
    replace_table(SCHEMES, anchor, 1, failures(report, []))


def lenet():
    _, report = run("run", "lenet")
    replace_table(SCHEMES, "./sgs-ars run experiments/lenet.yml", 0, wear(report))


def resnet50():
    _, report = run("bench", "resnet50")
    anchor = "./sgs-ars bench experiments/resnet50.yml"
    replace_table(SCHEMES, anchor, 0, wear(report))
    replace_table(SCHEMES, anchor, 1, failures(report, named_in(SCHEMES, anchor, 1), epochs=True))


def resnet50_real():
    _, report = run("bench", "resnet50-real")
    replace_table(SCHEMES, "./sgs-ars bench experiments/resnet50-real.yml", 0, wear(report))


def attacks():
    _, report = run("bench", "attack")
    replace_table(SCHEMES, "./sgs-ars bench experiments/attack.yml", 0, attack(report))


def projected(name, cells):
    """What a run of 4,000 iterations projects beside what the long one counts; cells(short, long): of a scenario, pairs and the rest."""
    _, short = run("bench", name, "--iterations", "4000")
    _, long = run("bench", name)
    rows = []
    for short_run, long_run in zip(short["scenarios"], long["scenarios"]):
        row = f"| {short_run['name']}"
        for time, counted, more in cells(short_run, long_run):
            said = times(time["iterations"]) + band(time) if time["projected"] else "counted"
            row += f" | {said} | {times(counted['iterations'])}{more}"
        rows.append(row + " |")
    replace_table(DEVICES, f"./sgs-ars bench experiments/{name}.yml", 0, rows)


def percent(share):
    return "-" if share is None else f"{tenths(100 * share)} %"


def lost(loss):
    """When something is lost first; nothing in the run or beyond it, as far as is known, is a dash."""
    return "-" if loss is None else ("~ " if loss["projected"] else "") + times(loss["iterations"])


def losses(name, layers):
    """First losses of scenarios, of these layers too, and how near the network and its layers come to their bounds."""
    _, report = run("bench", name)
    rows = []
    for s in report["scenarios"]:
        of_layers = [layer["firstLoss"] for layer in s["layers"]]
        least = min((loss["efficiency"] for loss in of_layers if loss and loss["efficiency"] is not None), default=None)
        cells = [s["name"], lost(s["firstLoss"])]
        cells += [lost(layer["firstLoss"]) for layer in s["layers"] if layer["name"] in layers]
        cells += [percent(s["firstLoss"] and s["firstLoss"]["efficiency"]), percent(least), percent(s["overhead"])]
        rows.append("| " + " | ".join(cells) + " |")
    replace_table(SCHEMES, f"./sgs-ars bench experiments/{name}.yml", 0, rows)


def paper():
    """Extension and overhead of ARS by interval and by what is exchanged."""
    _, report = run("bench", "paper")
    anchor = "./sgs-ars bench experiments/paper.yml"
    swept = {}
    for s in report["scenarios"]:
        if s.get("sweep"):
            interval, exchanged = (value for value in s["sweep"]["values"].values())
            key = f"{exchanged:g} %" if "percent" in s["name"] else f"{exchanged} pair" + ("s" if exchanged > 1 else "")
            swept.setdefault(key, {})[interval] = f"{tenths(s['lifetimeExtension'])}× at {percent(s['overhead'])}"
    rows = [f"| {key} | " + " | ".join(cells[interval] for interval in sorted(cells)) + " |" for key, cells in swept.items()]
    replace_table(PAPER, anchor, 0, rows)


def tuned(overhead, reports):
    best = {}
    for file in reports:
        with open(file, encoding="utf-8") as text:
            for s in json.load(text)["scenarios"]:
                kind = s["leveller"]["kind"] if isinstance(s["leveller"], dict) else s["leveller"][0]["kind"]
                if (s["overhead"] or 0) <= overhead:
                    best[kind] = max(best.get(kind, (0, 0, "")), (s["lifetimeExtension"], -(s["overhead"] or 0), s["name"]))
    for kind, (extension, cost, name) in best.items():
        print(f"{kind:18} {tenths(extension)}x at {percent(-cost)}: {name}")


def projection():
    projected("projection", lambda short, long: [(short["lifetime"][at], long["lifetime"][at], "") for at in (0, 2, 3)])


def first_loss():
    def cells(short, long):
        for layer, same in zip(short["layers"], long["layers"]):
            loss = same["firstLoss"]
            yield layer["firstLoss"], loss, f" | {100 * loss['efficiency']:.0f} %"

    projected("first-loss-projection", cells)


TABLES = {
    "quickstart": quickstart, "bench": bench, "first-loss": lambda: losses("first-loss", ["conv1", "conv2", "fc1", "fc2"]),
    "first-loss-cross-layer": lambda: losses("first-loss-cross-layer", ["conv1", "conv2", "fc1", "fc2"]),
    "lenet": lenet, "first-loss-lenet5": lambda: losses("first-loss-lenet5", []), "resnet50": resnet50, "resnet50-real": resnet50_real,
    "first-loss-resnet50": lambda: losses("first-loss-resnet50", []), "attack": attacks, "paper": paper, "projection": projection,
    "first-loss-projection": first_loss}

if __name__ == "__main__":
    if sys.argv[1:2] == ["tuned"]:
        tuned(float(sys.argv[2]), sys.argv[3:])
        sys.exit()
    wanted = sys.argv[1:] or list(TABLES)
    unknown = [name for name in wanted if name not in TABLES]
    if unknown:
        sys.exit(f"no tables of {', '.join(unknown)}; allowed: {', '.join(TABLES)}")
    for name in wanted:
        TABLES[name]()
        print("made the tables of", name)
