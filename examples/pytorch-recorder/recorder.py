"""Records any PyTorch training as a gradient trace for sgs-ars, a safetensors file an iteration. Needs PyTorch, nothing else.

    recorder = Recorder(model, "traces/mine")   # before the first iteration
    for x, y in batches:
        optimizer.zero_grad()
        loss(model(x), y).backward()
        recorder.record()                       # what the optimizer is given
        optimizer.step()

traces/mine is then a source: {kind: trace, path: traces/mine}, and ./sgs-ars trace import makes one file of it.
"""

import json
import pathlib

import torch

DTYPES = {torch.float32: "F32", torch.float16: "F16", torch.bfloat16: "BF16"}


def save(path, tensors):
    """Writes tensors as safetensors: the length of a JSON header, the header, the values one after the other."""
    header, values, end = {}, [], 0
    for name, tensor in tensors.items():
        if tensor.dtype not in DTYPES:
            raise TypeError(f"{name} is {tensor.dtype}; allowed: {', '.join(map(str, DTYPES))}")
        values.append(bytes(tensor.detach().cpu().reshape(-1).view(torch.uint8).numpy()))
        begin, end = end, end + len(values[-1])
        header[name] = {"dtype": DTYPES[tensor.dtype], "shape": list(tensor.shape), "data_offsets": [begin, end]}
    text = json.dumps(header).encode()
    temporary = path.with_suffix(".tmp")
    temporary.write_bytes(b"".join([len(text).to_bytes(8, "little"), text, *values]))
    temporary.rename(path)  # whole or not at all, whenever training is stopped


class Recorder:
    """Writes the initial weights at once, and the gradients whenever record() is called."""

    def __init__(self, model, folder):
        self.parameters = dict(model.named_parameters())
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True)  # a trace that is there already is not mixed with another
        self.iteration = 0
        save(self.folder / "initial-weights.safetensors", self.parameters)

    def record(self):
        """Writes the gradients of this iteration; a parameter that has none is left out, and must never have one."""
        gradients = {name: p.grad for name, p in self.parameters.items() if p.grad is not None}
        save(self.folder / f"{self.iteration:06d}.safetensors", gradients)
        self.iteration += 1
