"""What convolutions see of their inputs, and where transposed ones put what they give. Imported only where PyTorch is."""

from __future__ import annotations

import itertools
from typing import Any, List, Sequence, Tuple

import torch
from torch.nn import functional

Tensor = torch.Tensor


def each(value: Any, number: int) -> List[int]:
    """A setting by dimensions, as which a single value counts for all."""
    values = list(value) if isinstance(value, (tuple, list)) else [value]
    return values * number if len(values) == 1 else values


def unfolded(
    values: Tensor, kernel: List[int], stride: List[int], padding: Any, dilation: List[int], groups: int
) -> Tuple[Tensor, List[int]]:
    """What a kernel sees at each output position, (batch * positions, groups, inputs of a group), and the output's sizes."""
    if padding == "same":
        total = [d * (k - 1) for d, k in zip(dilation, kernel)]
        ends = [(size // 2, size - size // 2) for size in total]
    else:
        ends = [(size, size) for size in ([0] * len(kernel) if padding == "valid" else each(padding, len(kernel)))]
    values = functional.pad(values, [size for both in reversed(ends) for size in both]).contiguous()
    sizes: Sequence[int] = values.shape[2:]
    places = [(n - d * (k - 1) - 1) // s + 1 for n, k, s, d in zip(sizes, kernel, stride, dilation)]
    steps: Sequence[int] = values.stride()
    seen = values.as_strided(
        [values.shape[0], *places, values.shape[1], *kernel],
        [steps[0], *(t * s for t, s in zip(steps[2:], stride)), steps[1], *(t * d for t, d in zip(steps[2:], dilation))],
    )
    inputs = values.shape[1] // groups * count(kernel)
    return seen.reshape(values.shape[0] * count(places), groups, inputs), places


def count(sizes: Sequence[int]) -> int:
    """How many values a tensor of these sizes has."""
    product = 1
    for size in sizes:
        product *= size
    return product


def scattered(
    taps: Tensor, kernel: List[int], stride: List[int], padding: List[int], extra: List[int], dilation: List[int]
) -> Tensor:
    """Adds up what taps (batch, outputs, positions..., taps) give at each output position."""
    sizes: Sequence[int] = taps.shape[2:-1]
    full = [(n - 1) * s + d * (k - 1) + 1 + e for n, s, d, k, e in zip(sizes, stride, dilation, kernel, extra)]
    # Where more is added at the end than cut off, the rest is zeros.
    found = taps.new_zeros(*taps.shape[:2], *full)
    for number, tap in enumerate(itertools.product(*(range(k) for k in kernel))):
        cut = [slice(t * d, t * d + (n - 1) * s + 1, s) for t, d, n, s in zip(tap, dilation, sizes, stride)]
        found[(slice(None), slice(None), *cut)] += taps[..., number]
    return found[(slice(None), slice(None), *(slice(p, n - p) for p, n in zip(padding, full)))].contiguous()
