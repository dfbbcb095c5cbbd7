"""The random numbers of a run, as Java's services draw them: from a seed and the names and indices that lead to a use of it."""

from __future__ import annotations

from typing import Union

_BITS = (1 << 64) - 1
_GAMMA = 0x9E3779B97F4A7C15

#: Keep a name apart from the index of the same bits.
_NAME = 0xD6E8FEB86659FD93
_INDEX = 0xA0761D6478BD642F


def mix(value: int) -> int:
    """The finalizer of SplitMix64, a bijection of 64 bits. Steele et al., OOPSLA 2014, doi:10.1145/2660193.2660195."""
    value &= _BITS
    value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9 & _BITS
    value = (value ^ (value >> 27)) * 0x94D049BB133111EB & _BITS
    return value ^ (value >> 31)


class RandomStream:
    """A stream of random numbers: RandomStream.of(seed, "sparsifier").child("conv1").child(7).

    seed: 64 bits, for whoever hands the stream on.
    """

    def __init__(self, seed: int) -> None:
        self.seed = seed & _BITS

    @staticmethod
    def of(seed: int, domain: str) -> "RandomStream":
        """The first stream of a domain. seed: any value of 64 bits, with a sign or without."""
        return RandomStream(mix(seed + _GAMMA)).child(domain)

    def child(self, of: Union[str, int]) -> "RandomStream":
        """The stream of a name or an index under this one."""
        if isinstance(of, int):
            return RandomStream(mix(mix(self.seed ^ _INDEX) + _GAMMA * of))
        data = of.encode()
        mixed = mix(self.seed ^ _NAME)
        for byte in data:
            mixed = mix(mixed + _GAMMA * (1 + byte))
        return RandomStream(mix(mixed ^ len(data)))

    def first_below(self, bound: int) -> int:
        """The stream's first number in [0, bound): Java's new SplittableRandom(seed).nextInt(bound). bound: 1 to 2^31 - 1."""
        if not 1 <= bound < 1 << 31:
            raise ValueError(f"bound {bound} of random numbers is not allowed; allowed: 1 to 2147483647")
        state = self.seed
        while True:
            state = (state + _GAMMA) & _BITS
            bits = _mix32(state)
            if bound & (bound - 1) == 0:
                return bits & (bound - 1)
            positive = bits >> 1
            number = positive % bound
            # What is left over at the end of 31 bits would make the first numbers likelier.
            if positive - number + bound - 1 < 1 << 31:
                return number


def _mix32(value: int) -> int:
    value = (value ^ (value >> 33)) * 0x62A9D9ED799705F5 & _BITS
    return ((value ^ (value >> 28)) * 0xCB24D0A5C88C35B3 & _BITS) >> 32
