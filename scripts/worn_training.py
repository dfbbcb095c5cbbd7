#!/usr/bin/env python3
"""Makes docs/own-training.svg: what LeNet-5 of python/examples comes to on worn crossbars, by scheme.

    scripts/worn_training.py                  # trains: some minutes
    scripts/worn_training.py --reports OUT    # draws only, from OUT/lenet-SCHEME

Every scheme trains a copy of the network on crossbars of its own, from the same weights and with the same images in the same order.
"""
import argparse
import csv
import html
import math
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
EXAMPLE = ROOT / "python/examples/lenet.py"
PICTURE = ROOT / "docs/own-training.svg"
ITERATIONS = 3000
#: As the report's pictures have them.
SCHEMES = {"dense": "#4477aa", "sgs-ars": "#ee6677", "sgs-paced": "#228833"}
#: Of the cells' endurance in lenet.yml, in writes.
MEDIAN = 200
DECADES = math.log10(4000)
LEFT, RIGHT, TOP, HEIGHT, GAP = 70, 765, 34, 200, 56


def experiment(scheme):
    """The example's experiment with one scenario, which trains."""
    text = (ROOT / "python/examples/lenet.yml").read_text(encoding="utf-8")
    head, lines = text.split("scenarios:\n")
    [line] = [line for line in lines.splitlines() if f"name: {scheme}," in line]
    return head + "scenarios:\n" + re.sub(r"(, train: true)?}$", ", train: true}", line) + "\n"


def train(out):
    """Leaves OUT/lenet-SCHEME for every scheme."""
    command = [ROOT / "sgs-ars", "up", "--port", "0", "--page", "0", "--out", out, "--until-stdin-closes"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as services:
        servers, page = services.stdout.readline()[len("ready: "):].strip().split(", page ")
        for scheme in SCHEMES:
            file = pathlib.Path(out, f"{scheme}.yml")
            file.write_text(experiment(scheme), encoding="utf-8")
            subprocess.run([sys.executable, EXAMPLE, "--experiment", file, "--run", f"lenet-{scheme}",
                            "--iterations", str(ITERATIONS), "--servers", servers, "--page", page], check=True)
        services.stdin.close()


def accuracies(out, scheme):
    """Share of the test images that are classified correctly, at each test: points of iterations done and share."""
    with open(pathlib.Path(out, f"lenet-{scheme}", "accuracy.csv"), encoding="utf-8", newline="") as file:
        return [(int(row["iteration"]), float(row["accuracy"])) for row in csv.DictReader(file)]


def largest_wear(out, scheme):
    """Writes of the most worn cell: points of iterations done and writes."""
    most = {}
    with open(pathlib.Path(out, f"lenet-{scheme}", "timeline.csv"), encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            most[int(row["iteration"])] = max(most.get(int(row["iteration"]), 1), int(row["maxCellWrites"]))
    return sorted(most.items())


def panel(top, title, curves, at, marks):
    """A chart over iterations. at: where a value lies, from 0 to 1. marks: values to draw lines at, and what they are called."""
    def x(iteration):
        return LEFT + (RIGHT - LEFT) * iteration / ITERATIONS

    def y(value):
        return top + HEIGHT * (1 - at(value))

    parts = [f'<text x="{LEFT}" y="{top - 12}" font-weight="bold">{html.escape(title)}</text>']
    for value, name in marks.items():
        parts.append(f'<line stroke="#ddd" x1="{LEFT}" x2="{RIGHT}" y1="{y(value):.1f}" y2="{y(value):.1f}"/>')
        parts.append(f'<text x="{LEFT - 6}" y="{y(value) + 4:.1f}" text-anchor="end">{name}</text>')
    for iteration in range(0, ITERATIONS + 1, 500):
        parts.append(f'<text x="{x(iteration):.1f}" y="{top + HEIGHT + 17}" text-anchor="middle">{iteration:,}</text>')
    lowest = 0
    for scheme, points in sorted(curves.items(), key=lambda item: -item[1][-1][1]):
        line = " ".join(f"{x(iteration):.1f},{y(value):.1f}" for iteration, value in points)
        parts.append(f'<polyline points="{line}" fill="none" stroke="{SCHEMES[scheme]}" stroke-width="2"/>')
        # Names that would lie on each other go below each other.
        lowest = max(y(points[-1][1]) + 4, lowest + 14)
        parts.append(f'<text x="{RIGHT + 8}" y="{lowest:.1f}" fill="{SCHEMES[scheme]}">{scheme}</text>')
    return "".join(parts)


def draw(out):
    """The picture, as text."""
    lower = TOP + HEIGHT + GAP
    said = "LeNet-5 on worn crossbars: test accuracy, and writes of the most worn cell, over iterations, one line per scheme"
    shares = {share / 4: f"{25 * share} %" for share in range(5)}
    decades = {10**decade: f"{10**decade:,}" for decade in range(4)}
    dies = lower + HEIGHT * (1 - math.log10(MEDIAN) / DECADES)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" font-family="sans-serif" font-size="12" style="background:#fff" '
        f'viewBox="0 0 860 {lower + HEIGHT + 44}" role="img" aria-label="{said}">'
        + panel(TOP, "Test accuracy", {name: accuracies(out, name) for name in SCHEMES}, lambda share: share, shares)
        + f'<line stroke="#888" stroke-dasharray="5 4" x1="{LEFT}" x2="{RIGHT}" y1="{dies:.1f}" y2="{dies:.1f}"/>'
        + f'<text x="{RIGHT - 4}" y="{dies - 6:.1f}" text-anchor="end" fill="#555">half of the cells endure no more</text>'
        + panel(lower, "Writes of the most worn cell", {name: largest_wear(out, name) for name in SCHEMES},
                lambda writes: math.log10(writes) / DECADES, decades)
        + f'<text x="{(LEFT + RIGHT) / 2}" y="{lower + HEIGHT + 36}" text-anchor="middle">iterations</text></svg>\n'
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--reports", metavar="OUT", help="reports that are there")
    options = parser.parse_args()
    if options.reports:
        PICTURE.write_text(draw(options.reports), encoding="utf-8")
        return
    with tempfile.TemporaryDirectory() as out:
        train(out)
        PICTURE.write_text(draw(out), encoding="utf-8")


main()
