# SPDX-License-Identifier: MIT
"""Measuring candidates in turn, and choosing among them."""
import dataclasses
import math
import statistics

MARGIN = 1.02  # less is noise: the constant stays


@dataclasses.dataclass(frozen=True)
class Effort:
    rounds: int
    seconds: float  # of each candidate and case in a round

    def total(self, candidates, cases):
        """About how many seconds it takes."""
        return self.rounds * self.seconds * 1.5 * candidates * cases  # each begins with a call that does not count


FULL, QUICK = Effort(9, 0.012), Effort(5, 0.006)


def rates(libraries, kernel, rows, effort):
    """libraries: by name. -> by number of rows, then by name: operations a second in each round, all in turn, there and back.

    All work on the same memory, which is moved now and then: where it lies may make more of a difference than a constant."""
    found = {m: {name: [] for name in libraries} for m in rows}
    owner = next(iter(libraries.values()))
    for m in rows:
        made = None
        for turn in range(effort.rounds):
            if turn % (effort.rounds // 3 or 1) == 0:
                before, made = made, owner.make(m, kernel)
                owner.reserve(made, libraries.values())
                if before is not None:
                    owner.drop(before)  # only now: the new one lies elsewhere
            for name in list(libraries)[::1 if turn % 2 == 0 else -1]:
                found[m][name].append(libraries[name].rate(made, effort.seconds))
        owner.drop(made)
    return found


def ratio(ours, theirs):
    """How many times as fast: the median over rounds, in which both met the same machine."""
    return statistics.median(a / b for a, b in zip(ours, theirs))


def mean(ratios):
    """The geometric mean."""
    return math.exp(statistics.fmean(math.log(one) for one in ratios))


def best(ratios, margin=MARGIN):
    """ratios: by candidate, those of its cases. -> the candidate to take, or None for what there is."""
    if not ratios:
        return None
    means = {name: mean(values) for name, values in ratios.items()}
    name = max(means, key=means.get)
    return name if means[name] >= margin else None
