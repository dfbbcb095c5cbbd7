"""Attention between projections that are computed elsewhere: what PyTorch's function does, but for its linear maps.

Imported only where PyTorch is.
"""

from __future__ import annotations

from typing import Any, List, Optional, Protocol, Sequence, Tuple

import torch
from torch.nn import functional

Tensor = torch.Tensor


class Projections(Protocol):
    """The linear maps before and behind the attention. Values are (..., width), weights as the module has them."""

    def packed(self, values: Sequence[Tensor], weight: Tensor, bias: Optional[Tensor]) -> List[Tensor]:
        """Query, key and value by the thirds of one weight and bias."""

    def shared_bias(self, values: Tensor, weight: Tensor, bias: Optional[Tensor], begin: int) -> Tensor:
        """One of them by a weight of its own, and a bias from an index on."""

    def single(self, values: Tensor, weight: Tensor, bias: Optional[Tensor]) -> Tensor:
        """A linear map of its own."""


def attend(
    maps: Projections,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    embed_dim_to_check: int,
    num_heads: int,
    in_proj_weight: Optional[Tensor],
    in_proj_bias: Optional[Tensor],
    bias_k: Optional[Tensor],
    bias_v: Optional[Tensor],
    add_zero_attn: bool,
    dropout_p: float,
    out_proj_weight: Tensor,
    out_proj_bias: Optional[Tensor],
    training: bool = True,
    key_padding_mask: Optional[Tensor] = None,
    need_weights: bool = True,
    attn_mask: Optional[Tensor] = None,
    use_separate_proj_weight: bool = False,
    q_proj_weight: Optional[Tensor] = None,
    k_proj_weight: Optional[Tensor] = None,
    v_proj_weight: Optional[Tensor] = None,
    static_k: Optional[Tensor] = None,
    static_v: Optional[Tensor] = None,
    average_attn_weights: bool = True,
    **_: Any,  # is_causal of newer versions is a hint only: the mask is there, too
) -> Tuple[Tensor, Optional[Tensor]]:
    """As torch.nn.functional.multi_head_attention_forward, whose arguments these are.

    query, key, value: (steps, batch, width) or (steps, width). Returns the output of the query's shape, and the attention's
    weights (batch, steps, key steps), by heads unless they are averaged, where they are wanted.
    """
    is_batched = query.dim() == 3
    if not is_batched:
        query, key, value = _batch(query, key, value)
        key_padding_mask = None if key_padding_mask is None else key_padding_mask[None]
    steps, batch, width = query.shape
    if use_separate_proj_weight:
        weights = (q_proj_weight, k_proj_weight, v_proj_weight)
        parts = [
            maps.shared_bias(given, weight, in_proj_bias, at * width)
            for at, (given, weight) in enumerate(zip((query, key, value), weights))
            if weight is not None
        ]
    else:
        assert in_proj_weight is not None
        parts = maps.packed((query, key, value), in_proj_weight, in_proj_bias)
    q, k, v = parts
    if bias_k is not None and bias_v is not None:
        k, v = torch.cat([k, bias_k.repeat(1, batch, 1)]), torch.cat([v, bias_v.repeat(1, batch, 1)])
    q, k, v = (part.reshape(part.shape[0], batch, num_heads, -1).permute(1, 2, 0, 3) for part in (q, k, v))
    k = k if static_k is None else static_k.reshape(batch, num_heads, *static_k.shape[1:])
    v = v if static_v is None else static_v.reshape(batch, num_heads, *static_v.shape[1:])
    if add_zero_attn:
        k, v = (torch.cat([part, part.new_zeros(batch, num_heads, 1, part.shape[3])], 2) for part in (k, v))
    scores = q @ k.transpose(-1, -2) / q.shape[-1] ** 0.5
    for mask in _masks(attn_mask, key_padding_mask, scores):
        scores = scores + mask
    weights_of = functional.dropout(torch.softmax(scores, -1), dropout_p, training)
    mixed = (weights_of @ v).permute(2, 0, 1, 3).reshape(steps, batch, -1)
    output = maps.single(mixed, out_proj_weight, out_proj_bias)
    output = output if is_batched else output[:, 0]
    if not need_weights:
        return output, None
    shown = weights_of.mean(1) if average_attn_weights else weights_of
    return output, shown if is_batched else shown[0]


def _batch(query: Tensor, key: Tensor, value: Tensor) -> Tuple[Tensor, Tensor, Tensor]:
    """The same with a batch of one. What is one tensor stays one, as it is driven once then."""
    made = query[:, None]
    of_key = made if key is query else key[:, None]
    return made, of_key, made if value is query else of_key if value is key else value[:, None]


def _masks(mask: Optional[Tensor], padding: Optional[Tensor], scores: Tensor) -> List[Tensor]:
    """What is added to scores (batch, heads, steps, key steps); keys that were put behind are never masked."""
    batch, heads, _, keys = scores.shape
    found = []
    if mask is not None:
        found.append(mask if mask.dim() == 2 else mask.reshape(batch, heads, *mask.shape[1:]))
    if padding is not None:
        found.append(padding[:, None, None, :])
    return [functional.pad(_added(part, scores), (0, keys - part.shape[-1])) for part in found]


def _added(mask: Tensor, scores: Tensor) -> Tensor:
    if mask.is_floating_point():
        return mask
    return torch.zeros(mask.shape, dtype=scores.dtype, device=scores.device).masked_fill(mask.bool(), float("-inf"))
