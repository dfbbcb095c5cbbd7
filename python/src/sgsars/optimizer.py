"""An optimizer whose steps are taken on crossbars.

Importing it needs PyTorch, numpy, and the Kafka and Avro libraries.
"""

from __future__ import annotations

from typing import Any, Callable, Dict, Optional, overload

import torch

from .checkpoints import RUN_STATE
from .crossbars import Crossbars


class CrossbarOptimizer(torch.optim.Optimizer):
    """Another optimizer, which proposes; crossbars dispose.

    A step lets the other optimizer make its step. What it has changed of the weights on crossbars is put back and added to what is
    accumulated there; what the sparsifier selects is programmed, and the weights become what can be read. Parameters that are not on
    crossbars keep the other optimizer's step. Parameter groups, state and defaults are the other's own, so schedulers, gradient
    scalers and clipping see it.

    inner: the other optimizer. crossbars: those of its model.
    """

    def __init__(self, inner: "torch.optim.Optimizer", crossbars: Crossbars) -> None:
        # What the base class keeps besides, such as hooks, differs between versions of PyTorch; its groups are not used.
        super().__init__([torch.zeros(1)], {})
        self.__dict__.update(inner=inner, crossbars=crossbars)

    def __getattribute__(self, name: str) -> Any:
        if name in ("param_groups", "state", "defaults"):
            own = object.__getattribute__(self, "__dict__")
            if "inner" in own:
                return getattr(own["inner"], name)
        return super().__getattribute__(name)

    def __setattr__(self, name: str, value: Any) -> None:
        if name in ("param_groups", "state", "defaults") and "inner" in self.__dict__:
            setattr(self.__dict__["inner"], name, value)
        else:
            super().__setattr__(name, value)

    @overload  # type: ignore[override]
    def step(self, closure: None = None) -> None: ...

    @overload
    def step(self, closure: Callable[[], Any]) -> Any: ...

    def step(self, closure: Optional[Callable[[], Any]] = None) -> Any:
        """One iteration of the run.

        closure: as the other optimizer takes it. Returns what that returns.
        Raises ValueError if the run has had all its iterations, or the step is not finite, and PipelineError if the pipeline cannot go
        on; the weights on crossbars are what could be read last then.
        """
        self.crossbars.require_next()
        self.crossbars.begin()
        loss = self.inner.step() if closure is None else self.inner.step(closure)
        self.crossbars.step()
        return loss

    def zero_grad(self, *args: Any, **kwargs: Any) -> None:
        """As the other optimizer's."""
        self.inner.zero_grad(*args, **kwargs)

    def add_param_group(self, param_group: Dict[str, Any]) -> None:
        """As the other optimizer's."""
        if "inner" in self.__dict__:
            self.inner.add_param_group(param_group)
        else:
            super().add_param_group(param_group)

    def state_dict(self) -> Dict[str, Any]:
        """The other optimizer's, and what the run goes on from."""
        return {**self.inner.state_dict(), RUN_STATE: self.crossbars.state_dict()}

    def load_state_dict(self, state_dict: Dict[str, Any]) -> None:
        """Goes on from a state, with the next step. Before the first step only.

        Raises ValueError if it is not of such an optimizer, or of another run, naming what differs.
        """
        state = dict(state_dict)
        if RUN_STATE not in state:
            raise ValueError(f"the state has no part {RUN_STATE!r}; allowed: what state_dict() of a wrapped optimizer gives")
        self.crossbars.load_state_dict(state.pop(RUN_STATE))
        self.inner.load_state_dict(state)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.inner!r})"


def wrap(optimizer: "torch.optim.Optimizer", crossbars: Crossbars, steer: bool = True) -> CrossbarOptimizer:
    """Lets an optimizer train on crossbars.

    optimizer: of the model that the crossbars are of. steer: whether the weights become what can be read; otherwise what the steps
    would wear is counted, and the training is as without.
    Raises ValueError if it does not have the parameters on crossbars, or the crossbars have an optimizer already.
    """
    if isinstance(optimizer, CrossbarOptimizer):
        raise ValueError("the optimizer is wrapped already")
    crossbars.require_parameters([parameter for group in optimizer.param_groups for parameter in group["params"]], steer)
    crossbars.steer(steer)
    return CrossbarOptimizer(optimizer, crossbars)
