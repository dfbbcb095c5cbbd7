"""Weights that a module computes anew before every use: weight and spectral normalisation, pruning, parametrizations.

Such a weight is no parameter. What lies on a crossbar is the weight itself, so its own gradient counts, and not the gradients of
the parameters that it is computed from.
"""

from __future__ import annotations

import functools
import math
import weakref
from typing import TYPE_CHECKING, Any, Dict, List, Optional, Tuple

if TYPE_CHECKING:
    import torch

#: A factor this near to one is what rounding makes of one.
_ROUNDING = 1e-5


def joined(path: str, local: str) -> str:
    """The full name of what has a local name in the module at a path."""
    return f"{path}.{local}" if path else local


class Computed:
    """One weight or bias that is computed.

    path, local: of the module, and of the attribute in it; name: both joined, such as fc.weight.
    parts: the parameters that it is computed from, at least one.
    chain: the ParametrizationList that computes it, or None where a hook before the forward pass does.
    """

    def __init__(
        self, module: "torch.nn.Module", path: str, local: str, parts: List[Any], chain: Any = None
    ) -> None:
        self.module, self.path, self.local, self.parts, self.chain = module, path, local, parts, chain
        self.name = joined(path, local)

    def value(self) -> Any:
        """The weight as it is now. Nothing of the model changes: power iterations belong to training."""
        import torch

        with torch.no_grad():
            value = self._of_hook() if self.chain is None else self._of_chain()
        return value.detach()

    def _of_chain(self) -> Any:
        modes = [(module, module.training) for module in self.chain.modules()]
        self.chain.eval()
        try:
            return self.chain.forward()  # not called as a module is, which would run its hooks
        finally:
            for module, mode in modes:
                module.training = mode

    def _of_hook(self) -> Any:
        from torch.nn.utils.spectral_norm import SpectralNorm

        # The attribute is as old as the last forward pass, so the hook is asked first.
        for hook in self.module._forward_pre_hooks.values():
            if getattr(hook, "name", getattr(hook, "_tensor_name", None)) != self.local:
                continue
            if hasattr(hook, "apply_mask"):
                return hook.apply_mask(self.module)
            if isinstance(hook, SpectralNorm):
                return hook.compute_weight(self.module, do_power_iteration=False)
            if hasattr(hook, "compute_weight"):
                return hook.compute_weight(self.module)
        return getattr(self.module, self.local)

    def has_gradient(self) -> bool:
        """Whether a backward pass has reached it since gradients were cleared: a part has one that is not all zero."""
        return any(part.grad is not None and _is_nonzero(part.grad) for part in self.parts)


def _values(gradient: "torch.Tensor") -> "torch.Tensor":
    return gradient.detach().coalesce().values() if gradient.is_sparse else gradient.detach()


def _is_nonzero(gradient: "torch.Tensor") -> bool:
    return bool((_values(gradient) != 0).any())


def _square(gradient: "torch.Tensor") -> float:
    """The sum of all values squared."""
    import torch

    exact = torch.float32 if gradient.device.type == "mps" else torch.float64
    return float(torch.linalg.vector_norm(_values(gradient), dtype=exact)) ** 2


def is_one_process() -> bool:
    """Whether this process trains alone: gradients of parameters are averaged over all by PyTorch, and no others are."""
    import torch

    distributed = torch.distributed
    return not distributed.is_available() or not distributed.is_initialized() or distributed.get_world_size() == 1


def find(model: "torch.nn.Module") -> List[Computed]:
    """All weights and biases of a model that are computed, module by module."""
    import torch
    from torch.nn.utils.parametrize import ParametrizationList

    found = []
    for path, module in model.named_modules():
        chains = getattr(module, "parametrizations", None)
        if isinstance(chains, torch.nn.ModuleDict):
            for local, chain in chains.items():
                parts = list(chain.parameters())
                if isinstance(chain, ParametrizationList) and parts:
                    found.append(Computed(module, path, local, parts, chain))
        own = dict(module._parameters.items())  # TorchScript's has not all that a dict has
        for local in own:
            names = _parts_by_name(local, own)
            base = local.rpartition("_")[0]
            # The computed weight is a plain attribute. Two names alone could be anything.
            if names and base not in own and isinstance(module.__dict__.get(base), torch.Tensor):
                found.append(Computed(module, path, base, [own[name] for name in names]))
    return found


def _parts_by_name(local: str, own: Dict[str, Any]) -> Tuple[str, ...]:
    """The parameters of one weight, if this is the last of them: weight_g and weight_v, or weight_orig."""
    gain = local[:-1] + "g"
    if local.endswith("_v") and own.get(gain) is not None and own[local] is not None:
        return (gain, local)
    return (local,) if local.endswith("_orig") and own[local] is not None else ()


class Collector:
    """Collects the gradient of a computed weight, which no parameter keeps.

    It is summed up as `.grad` of the parts is: over all uses, over all backward passes since their gradients were cleared. What
    multiplies the gradients of the parts between the backward pass and the optimizer, as unscaling and clipping by the norm do,
    multiplies it too: the factor shows in their norm.
    """

    def __init__(self, computed: Computed) -> None:
        self.computed = computed
        self._sum: Optional["torch.Tensor"] = None
        self._of_pass: Optional["torch.Tensor"] = None
        self._seen: Any = None
        self._at_parts: Dict[int, Any] = {}
        self._squares: Dict[int, float] = {}
        # Hooks run in the order in which they are registered: this one comes after that which computes the weight.
        self._handle = (
            computed.module.register_forward_pre_hook(self)
            if computed.chain is None
            else computed.chain.register_forward_hook(self)
        )

    def __call__(self, module: Any, _inputs: Any, output: Any = None) -> Any:
        """Before the forward pass of the module, or after that of the chain. The module can be a replica of the model's."""
        weight = getattr(module, self.computed.local) if output is None else output
        if not weight.requires_grad or (self._seen is not None and self._seen() is weight):
            return None
        given = weight
        if weight.is_leaf:
            # A hook on a parameter would stay there for all iterations.
            weight = weight.view_as(weight)
        self._seen = weakref.ref(weight)
        weight.register_hook(self._add)
        for part in self.computed.parts:
            if part.requires_grad and id(part) not in self._at_parts:
                self._at_parts[id(part)] = part.register_hook(functools.partial(self._end_pass, part))
        if weight is given:
            return None
        if output is not None:
            return weight
        setattr(module, self.computed.local, weight)
        return None  # what a hook before the forward pass returns would be its input

    def _add(self, gradient: "torch.Tensor") -> None:
        gradient = gradient.detach()
        self._of_pass = gradient.clone() if self._of_pass is None else self._of_pass + gradient.to(self._of_pass.device)

    def _end_pass(self, part: "torch.Tensor", gradient: "torch.Tensor") -> None:
        """A part is reached only when all uses of the weight are done, and its `.grad` is still that of the passes before."""
        if self._of_pass is not None:  # no other part has been here
            anew = self._sum is None or not self.computed.has_gradient()
            self._sum = self._of_pass if anew else self._sum + self._of_pass
            self._of_pass = None
        gradient = gradient.detach()
        self._squares[id(part)] = _square(gradient if part.grad is None else part.grad.detach() + gradient)

    def gradient(self) -> Optional["torch.Tensor"]:
        """What the optimizer would be given for the weight, in its shape; None if its parts have no gradient."""
        if self._sum is None or not self.computed.has_gradient():
            return None
        factor = self._factor() if is_one_process() else 1.0
        return self._sum if abs(factor - 1) < _ROUNDING else self._sum * factor

    def _factor(self) -> float:
        """What the parts' gradients have been multiplied by since they came from the backward pass."""
        before = after = 0.0
        for part in self.computed.parts:
            now = 0.0 if part.grad is None else _square(part.grad)
            if now:
                before, after = before + self._squares.get(id(part), 0.0), after + now
        factor = math.sqrt(after / before) if before else 1.0
        return factor if math.isfinite(factor) else 1.0

    def close(self) -> None:
        """Leaves the model as it was."""
        self._handle.remove()
        for handle in self._at_parts.values():
            handle.remove()

    def __reduce__(self) -> Tuple[Any, ...]:
        # A copy of the model, such as a moving average or a saved one, is not recorded.
        return (Nothing, ())


class Nothing:
    """What stands in a copied model in a collector's place."""

    def __call__(self, *_: Any) -> None:
        return None
