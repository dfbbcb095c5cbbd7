"""Sends a small training to the services: python3 python/examples/stream.py mine.json RUN [HOST:PORT]

mine.json is what ./sgs-ars validate mine.yml --manifest mine.json writes; without arguments the layers for mine.yml are printed.
"""

import sys

import torch

from sgsars import Stream

torch.manual_seed(1)
model = torch.nn.Sequential(torch.nn.Conv2d(1, 4, 3), torch.nn.ReLU(), torch.nn.Flatten(), torch.nn.Linear(144, 10))
optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
if len(sys.argv) < 3:
    sys.exit(f"source: {{kind: noise, iterations: 100, layers: {Stream.layers(model)}}}")
with Stream(model, sys.argv[1], run=sys.argv[2], servers=sys.argv[3] if len(sys.argv) > 3 else "localhost:9092") as stream:
    for _ in range(stream.run["iterations"]):
        x, y = torch.randn(16, 1, 8, 8), torch.randint(10, (16,))
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(model(x), y).backward()
        stream.send()
        optimizer.step()
