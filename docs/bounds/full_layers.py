#!/usr/bin/env python3
"""What a leveller can reach in a layer that fills its crossbar and is written one row per iteration.

Usage: python3 docs/bounds/full_layers.py [ITERATIONS]     (default 20000; Python 3.8 or newer, nothing else)

Setting. 512 physical rows hold 512 logical ones. N updates and m moves, one write each, are to leave no row with more than M
writes. So the rows may lack 512 M - N - m writes of M in all: their slack.

Bound. Say that selections are drawn independently, each row as often as it was really selected, and that the scheme even knows how
often; that it does not know when the run ends, so that moves come at a constant rate. In the last T iterations a physical row that no
move touches gets as many writes as its logical row is selected, X, a Poisson number of mean f T. Before them the scheme can only
choose the row's headroom c. If X > c, a move has to touch the row; otherwise c - X is slack, unless a move is spent to fill it. Moves
in these iterations touch m T / N rows at most. The least expected slack under this is bounded from below by its Lagrange dual: for any
price mu of a touch, the sum over rows of min over c of E[mu if X > c, else min(c - X, mu)], minus mu m T / N. Where that is more than
the slack there is, whatever m, no such scheme reaches M.
"""
import collections
import csv
import gzip
import json
import math
import pathlib
import sys

ROWS = 512
WINDOWS = (2, 8, 30)  # iterations per row
PRICES = (0.25, 0.5, 1, 1.5, 2, 3, 4, 6, 8)  # of a touch, in writes
STEP = 0.0025  # of moves per update


def least_cost(mean, price):
    """min over c of E[price if X > c, else min(c - X, price)], X a Poisson number."""
    most = int(mean + 12 * math.sqrt(mean) + 20)
    p = [math.exp(-mean)]
    for k in range(1, most):
        p.append(p[-1] * mean / k)
    cumulative = 0.0
    best = price
    for c in range(most):
        cumulative += p[c]
        below = sum(p[x] * min(c - x, price) for x in range(c + 1))
        best = min(best, max(0.0, 1 - cumulative) * price + below)
    return best


def main():
    iterations = int(sys.argv[1]) if len(sys.argv) > 1 else 20000
    traces = pathlib.Path(__file__).resolve().parents[2] / "traces"
    with gzip.open(traces / "resnet50-selected-rows.csv.gz", "rt") as table:
        lines = list(csv.reader(table))
    layers = json.loads((traces / "resnet50-layers.json").read_text())
    for name in (layer["name"] for layer in layers if layer["rows"] == ROWS):
        column = lines[0].index(name)
        selected = collections.Counter(int(line[column]) for line in lines[1:])
        counts = collections.Counter(selected.get(row, 0) for row in range(ROWS))
        # Costs of each window and price, before what the touches allowed are worth.
        costs = {
            (window, price): sum(
                n * least_cost(count / (len(lines) - 1) * window * ROWS, price) for count, n in counts.items()
            )
            for window in WINDOWS
            for price in PRICES
        }

        def slack_needed(moves):
            return max(cost - price * moves * window * ROWS for (window, price), cost in costs.items())

        most = math.ceil(iterations / ROWS)
        while not can_reach(most, iterations, slack_needed):
            most += 1
        print(f"{name}: no row below {most} writes, {iterations / most / ROWS:.1%} of the bound at best")


def can_reach(most, iterations, slack_needed):
    """Whether any rate of moves leaves as much slack as it needs; between two steps the better of both ends counts."""
    step = 0
    while True:
        slack = ROWS * most - iterations - step * STEP * iterations
        if slack < 0:
            return False
        if slack_needed((step + 1) * STEP) <= slack:
            return True
        step += 1


if __name__ == "__main__":
    main()
