"""Records a small training as the trace traces/python-example: python3 python/examples/record.py [FOLDER]"""

import sys

import torch

from sgsars import Recorder

torch.manual_seed(1)
model = torch.nn.Sequential(torch.nn.Conv2d(1, 4, 3), torch.nn.ReLU(), torch.nn.Flatten(), torch.nn.Linear(144, 10))
optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
with Recorder(model, sys.argv[1] if len(sys.argv) > 1 else "traces/python-example") as recorder:
    for _ in range(100):
        x, y = torch.randn(16, 1, 8, 8), torch.randint(10, (16,))
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(model(x), y).backward()
        recorder.record()
        optimizer.step()
