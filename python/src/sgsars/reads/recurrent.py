"""Recurrent networks step by step, from what drives the arrays of their weights.

Imported only where PyTorch is.
"""

from __future__ import annotations

from typing import Any, Callable, Dict, List, Optional, Sequence, Tuple

import torch
from torch.nn import functional

Tensor = torch.Tensor

#: Takes values (..., inputs) and the bias, or None, and gives (..., outputs).
Drive = Callable[[Tensor, Optional[Tensor]], Tensor]

#: Makes a unit's output and state of what its two arrays give, and of both before.
Unit = Callable[[Tensor, Tensor, Tensor, Optional[Tensor]], Tuple[Tensor, Optional[Tensor]]]

NETWORKS = ("rnn_tanh", "rnn_relu", "lstm", "gru")
CELLS = ("rnn_tanh_cell", "rnn_relu_cell", "lstm_cell", "gru_cell")


def _tanh(inputs: Tensor, hidden: Tensor, output: Tensor, state: Optional[Tensor]) -> Tuple[Tensor, Optional[Tensor]]:
    return torch.tanh(inputs + hidden), None


def _relu(inputs: Tensor, hidden: Tensor, output: Tensor, state: Optional[Tensor]) -> Tuple[Tensor, Optional[Tensor]]:
    return torch.relu(inputs + hidden), None


def _gru(inputs: Tensor, hidden: Tensor, output: Tensor, state: Optional[Tensor]) -> Tuple[Tensor, Optional[Tensor]]:
    (ri, zi, ni), (rh, zh, nh) = inputs.chunk(3, -1), hidden.chunk(3, -1)
    update = torch.sigmoid(zi + zh)
    new = torch.tanh(ni + torch.sigmoid(ri + rh) * nh)
    return (1 - update) * new + update * output, None


def _lstm(inputs: Tensor, hidden: Tensor, output: Tensor, state: Optional[Tensor]) -> Tuple[Tensor, Optional[Tensor]]:
    assert state is not None
    i, f, g, o = (inputs + hidden).chunk(4, -1)
    state = torch.sigmoid(f) * state + torch.sigmoid(i) * torch.tanh(g)
    return torch.sigmoid(o) * torch.tanh(state), state


_UNITS: Dict[str, Unit] = {"rnn_tanh": _tanh, "rnn_relu": _relu, "gru": _gru, "lstm": _lstm}


def cell(
    kind: str,
    of: Callable[[Tensor], Drive],
    input: Tensor,
    hx: Any,
    w_ih: Tensor,
    w_hh: Tensor,
    b_ih: Optional[Tensor] = None,
    b_hh: Optional[Tensor] = None,
) -> Any:
    """As PyTorch's function of this name, such as lstm_cell, which gives the output, and of an LSTM the state, too."""
    output, state = hx if kind == "lstm_cell" else (hx, None)
    output, state = _UNITS[kind[: -len("_cell")]](of(w_ih)(input, b_ih), of(w_hh)(output, b_hh), output, state)
    return output if state is None else (output, state)


def network(kind: str, of: Callable[[Tensor], Drive], *args: Any) -> Tuple[Tensor, ...]:
    """As PyTorch's function of this name, such as lstm, of a padded batch or a packed one.

    Arguments are (input, hx, weights, ...) of a batch, and (data, batch sizes, hx, weights, ...) of what is packed.
    """
    input: Any
    if isinstance(args[3], (tuple, list)):
        input, batch_sizes, hx, weights, has_biases, layers, dropout, training, both = args
        steps = list(input.split([int(size) for size in batch_sizes]))
        found, last = _layers(kind, of, steps, hx, weights, has_biases, layers, dropout, training, both)
        return (torch.cat(found), *last)
    input, hx, weights, has_biases, layers, dropout, training, both, batch_first = args
    steps = list((input.transpose(0, 1) if batch_first else input).unbind(0))
    found, last = _layers(kind, of, steps, hx, weights, has_biases, layers, dropout, training, both)
    output = torch.stack(found)
    return (output.transpose(0, 1) if batch_first else output, *last)


def _layers(
    kind: str,
    of: Callable[[Tensor], Drive],
    steps: List[Tensor],
    hx: Any,
    weights: Sequence[Tensor],
    has_biases: bool,
    layers: int,
    dropout: float,
    training: bool,
    both: bool,
) -> Tuple[List[Tensor], Tuple[Tensor, ...]]:
    """steps: (batch, inputs) each, of batches that do not grow. Returns outputs alike, and what the last step of each leaves."""
    ways = 2 if both else 1
    outputs, states = (hx[0], hx[1]) if kind == "lstm" else (hx, None)
    each = len(weights) // (layers * ways)
    last: List[Tensor] = []
    last_states: List[Tensor] = []
    for layer in range(layers):
        found = []
        for way in range(ways):
            at = layer * ways + way
            own = weights[at * each : (at + 1) * each]
            state = None if states is None else states[at]
            made, output, state = _way(kind, of, steps, outputs[at], state, own, has_biases, way == 1)
            found.append(made)
            last.append(output)
            if state is not None:
                last_states.append(state)
        steps = [torch.cat(parts, -1) for parts in zip(*found)]
        if dropout and training and layer < layers - 1:
            # One mask for all steps at once.
            dropped: Any = functional.dropout(torch.cat(steps), dropout)
            steps = list(dropped.split([len(step) for step in steps]))
    return steps, (torch.stack(last), *([torch.stack(last_states)] if last_states else []))


def _way(
    kind: str,
    of: Callable[[Tensor], Drive],
    steps: List[Tensor],
    output: Tensor,
    state: Optional[Tensor],
    weights: Sequence[Tensor],
    has_biases: bool,
    is_reverse: bool,
) -> Tuple[List[Tensor], Tensor, Optional[Tensor]]:
    """One layer in one direction. output, state: (batch, width) before the first step."""
    hidden_drive = of(weights[1])
    project = of(weights[-1]) if len(weights) in (3, 5) else None
    of_inputs, of_hidden = (weights[2], weights[3]) if has_biases else (None, None)
    sizes = [len(step) for step in steps]
    # All steps' inputs are known, so one read serves them.
    whole: Any = of(weights[0])(torch.cat(steps), of_inputs)
    inputs = whole.split(sizes)
    made: List[Tensor] = [output] * len(steps)
    for at in reversed(range(len(steps))) if is_reverse else range(len(steps)):
        count = sizes[at]
        before = None if state is None else state[:count]
        now, after = _UNITS[kind](inputs[at], hidden_drive(output[:count], of_hidden), output[:count], before)
        now = now if project is None else project(now, None)
        made[at] = now
        # Sequences of a packed batch that are not running here keep what they have: their last, or in reverse their first.
        output = torch.cat([now, output[count:]])
        state = None if state is None or after is None else torch.cat([after, state[count:]])
    return made, output, state
