#!/usr/bin/env python3
"""Works out what networks of other sizes move and take: the tables of docs/SCALING.md.

    scripts/scaling.py              prints them
    scripts/scaling.py --write      writes them into docs/SCALING.md

It is a model. What stands in MEASURED comes from docs/PERFORMANCE.md and the runs that docs/SCALING.md names; what stands in ASSUMED is
assumed. Change a value there and run it again.
"""
import math
import pathlib
import re
import sys

DOCUMENT = pathlib.Path(__file__).resolve().parent.parent / "docs/SCALING.md"

MEASURED = {
    "update_bytes": 75,                 # a record of updates: one layer, one row, no values
    "row_writes_bytes": 84,             # a record of row-writes: one layer, one scenario
    "wear_bytes_per_row": 3.02,         # of each physical row and scenario, every report interval
    "pipeline_bytes": 239e6,            # a second: broker and five services in separate processes on two cores
    "sgs_weights": 0.19e9,              # a second and core, float32: a quarter of the pipeline's 5.0 CPU s/GB
    "producer_bytes": 1e9,              # a second: 7 to 9 % of 5.0 CPU s/GB, and most of the 12 % of Kafka's producers
    "state_bytes": 8,                   # of each weight with one sparsifier that accumulates: velocity and residual
    "saved_after": 2 ** 30,             # bytes of input after which an instance saves at the latest,
    "input_per_state": 4,               # or so many times its state, if that is more
    "lead_bytes": 2 ** 29,              # of gradients that a producer may be ahead,
    "least_lead": 8,                    # but so many iterations at least
}

ASSUMED = {
    "network_bytes": 1.25e9,            # a second and direction of a machine: 10 Gbit/s
    "disk_bytes": 1.0e9,                # a second of a broker
    "used": 0.7,                        # share of these that is planned for
    "replicas": 3,
    "broker_cores": 4, "broker_gib": 16,
    "instance_cores": 2, "instance_gib": 64,    # of sgs-service; 70 % of the memory are heap
    "filled": 0.8,                      # share of the heap that may be state
    "rest_cores": 4, "rest_gib": 16,    # producer, ars-controller, crossbar-sim and lifetime-analyzer together
    "core_hour": 0.04, "gib_hour": 0.005, "disk_gb_month": 0.10,   # dollars
}

M, A = MEASURED, ASSUMED


def resnet50():
    """As traces/resnet50-layers.json has them."""
    import json
    layers = json.loads((DOCUMENT.parent.parent / "traces/resnet50-layers.json").read_text(encoding="utf-8"))
    return [(layer["rows"], layer["columns"]) for layer in layers]


def gpt2():
    """12 blocks of width 768; the embedding is the output too."""
    block = [(768, 2304), (768, 768), (768, 3072), (3072, 768)]
    return [(50257, 768), (1024, 768)] + 12 * block


def llama(width, key_width, inner, blocks, vocabulary=32000):
    block = [(width, width), (width, key_width), (width, key_width), (width, width),
             (width, inner), (width, inner), (inner, width)]
    return [(vocabulary, width)] + blocks * block + [(width, vocabulary)]


# Name, layers, bytes of a gradient on the wire, layers after which the same shapes come again.
NETWORKS = [
    ("ResNet-50", resnet50(), 4, 1),
    ("ResNet-50, bf16", resnet50(), 2, 1),
    ("GPT-2 small, bf16", gpt2(), 2, 4),
    ("Llama 7B, bf16", llama(4096, 4096, 11008, 32), 2, 7),
    ("Llama 70B, bf16", llama(8192, 1024, 28672, 80), 2, 7),
]


def weights(layers):
    return sum(rows * columns for rows, columns in layers)


def largest(layers):
    return max(rows * columns for rows, columns in layers)


def heaviest(layers, partitions):
    """Weights of the partition that has most: layers go to partitions round robin."""
    held = [0] * partitions
    for layer, (rows, columns) in enumerate(layers):
        held[layer % partitions] += rows * columns
    return max(held)


def saved_after(layers, instances):
    """Bytes of an instance's input between two saves."""
    return max(M["saved_after"], M["input_per_state"] * M["state_bytes"] * weights(layers) / instances)


def lead(gradients):
    """Iterations that a producer may be ahead, unless pipeline.maxLead says otherwise."""
    return max(M["least_lead"], M["lead_bytes"] // gradients)


def snapshot_bytes(layers, wire_bytes, instances):
    """What sgs-service saves in an iteration: all of an instance's state after so much of its input, and never twice in an iteration."""
    held = weights(layers) / instances
    return M["state_bytes"] * weights(layers) * min(1, wire_bytes * held / saved_after(layers, instances))


def plan(layers, wire_bytes, block):
    """What it takes for one producer to be what binds."""
    count = weights(layers)
    gradients = wire_bytes * count
    iteration = gradients / (A["used"] * M["producer_bytes"])
    state = M["state_bytes"] * count
    room = A["instance_gib"] * 2 ** 30 * 0.7 * A["filled"]
    instances = 1
    while True:
        share = heaviest(layers, partitions_for(layers, instances, block)) / count
        shared = max(1 / instances, share)
        saved = snapshot_bytes(layers, wire_bytes, instances)
        busy = shared * (count / M["sgs_weights"] + saved / M["producer_bytes"])
        if (busy <= iteration and shared * state <= room) or instances >= len(layers):
            break
        instances += 1
    each = A["used"] * min(A["network_bytes"], A["disk_bytes"]) / A["replicas"]
    brokers = max(A["replicas"], math.ceil((gradients + saved) / iteration / each))
    without = max(A["replicas"], math.ceil(gradients / iteration / each - 1e-9))
    disk = A["replicas"] * ((lead(gradients) + 2 * max(1, saved_after(layers, instances) * instances / gradients)) * gradients + 3 * state)
    cores = brokers * A["broker_cores"] + instances * A["instance_cores"] + A["rest_cores"]
    gib = brokers * A["broker_gib"] + instances * A["instance_gib"] + A["rest_gib"]
    cost = 24 * (cores * A["core_hour"] + gib * A["gib_hour"]) + disk / 1e9 * A["disk_gb_month"] / 30
    return {"gradients": gradients, "iteration": iteration, "state": state, "saved": saved, "instances": instances,
            "partitions": partitions_for(layers, instances, block), "brokers": brokers, "without": without, "disk": disk, "cost": cost}


def partitions_for(layers, instances, block):
    """Three an instance, eight at least; without a divisor of a block's layers, so that large layers do not meet."""
    partitions = min(max(8, 3 * instances), len(layers))
    while math.gcd(partitions, block) > 1:
        partitions += 1
    return partitions


def figure(value):
    """Two significant digits in B, KB, MB, GB or TB."""
    for unit in ["B", "KB", "MB", "GB"]:
        if value < 999.5:
            break
        value /= 1000
    else:
        unit = "TB"
    digits = 0 if value >= 10 else 1
    return f"{float(f'{value:.3g}'):,.{digits}f} {unit}"


def time(seconds):
    """Two significant digits."""
    value, unit = next((seconds / size, unit) for limit, unit, size in
                       [(1, "ms", 1e-3), (120, "s", 1), (7200, "min", 60), (math.inf, "h", 3600)] if seconds < limit)
    return f"{float(f'{value:.2g}'):.{0 if value >= 9.95 else 1}f} {unit}"


def table(head, lines):
    align = ["---"] + ["---:"] * (len(head) - 1)
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in [head, align, *lines])


def moved():
    lines = []
    for name, layers, wire, _ in NETWORKS:
        rows = sum(math.ceil(r / 512) * 512 for r, _ in layers)
        lines.append([
            name, f"{weights(layers) / 1e6:,.0f} M", len(layers), f"{largest(layers) / weights(layers):.1%}",
            figure(wire * weights(layers)), figure(M["update_bytes"] * len(layers)), figure(M["row_writes_bytes"] * len(layers)),
            figure(M["wear_bytes_per_row"] * rows)])
    return table(["network", "weights", "layers", "largest layer", "gradients", "updates", "row writes, a scenario", "wear, a report and scenario"], lines)


def one_machine():
    lines = []
    for name, layers, wire, _ in NETWORKS:
        gradients = wire * weights(layers)
        f32 = 4 * weights(layers) / M["pipeline_bytes"]
        iteration = f32 if wire == 4 else f32 / 1.2
        lines.append([
            name, time(iteration), figure(M["state_bytes"] * weights(layers)),
            figure((lead(gradients) + 2 * max(1, saved_after(layers, 1) / gradients)) * gradients + 3 * M["state_bytes"] * weights(layers))])
    return table(["network", "an iteration", "memory for state", "disk"], lines)


def cluster():
    lines = []
    for name, layers, wire, block in NETWORKS:
        made = plan(layers, wire, block)
        lines.append([
            name, time(made["iteration"]), made["instances"], made["partitions"], figure(made["saved"]), made["brokers"],
            made["without"], figure(made["disk"]), f"{made['cost']:,.0f} $"])
    return table(["network", "an iteration", "instances of sgs-service", "partitions", "snapshots an iteration", "brokers",
                  "without snapshots", "their disks", "a day"], lines)


def local():
    lines = []
    for name, layers, wire, _ in NETWORKS:
        chosen = sum(M["update_bytes"] + 4 * columns for _, columns in layers)
        counted = M["update_bytes"] * len(layers)
        lines.append([
            name, figure(wire * weights(layers)), figure(counted), f"{wire * weights(layers) / counted:,.0f}",
            figure(chosen), f"{wire * weights(layers) / chosen:,.0f}"])
    return table(["network", "`service`", "`local`, counted beside", "times less", "`local`, with values", "times less"], lines)


def spread():
    layers = NETWORKS[-1][1]
    lines = []
    for partitions in [8, 12, 14, 21, 24, 28, 48]:
        share = heaviest(layers, partitions) / weights(layers)
        lines.append([partitions, f"{share:.1%}", f"{1 / partitions:.1%}", f"{1 / share:.1f}"])
    return table(["partitions", "of the weights in the heaviest", "if all were alike", "instances that can be of use"], lines)


TABLES = {"moved": moved, "one machine": one_machine, "cluster": cluster, "local": local, "spread": spread}


def main():
    text = DOCUMENT.read_text(encoding="utf-8") if "--write" in sys.argv[1:] else None
    for name, make in TABLES.items():
        if text is None:
            print(f"<!-- table: {name} -->\n{make()}\n")
        else:
            text, found = re.subn(rf"(<!-- table: {name} -->\n).*?(?=\n\n|\Z)", lambda match: match.group(1) + make(), text, flags=re.S)
            assert found == 1, name
    if text is not None:
        DOCUMENT.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
