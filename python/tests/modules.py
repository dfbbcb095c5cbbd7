"""Modules that users have and PyTorch has not, for several tests."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn


class Conv1D(nn.Module):
    """As GPT-2 has it: inputs first."""

    def __init__(self, nf: int, nx: int) -> None:
        super().__init__()
        self.nf = nf
        self.weight = nn.Parameter(torch.randn(nx, nf))
        self.bias = nn.Parameter(torch.randn(nf))

    def forward(self, x: Any) -> Any:
        return torch.addmm(self.bias, x, self.weight)
