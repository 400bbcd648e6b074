"""An experiment, read from TOML, and the searches it asks for.

`common.toml` holds the methods (options of `dflare search` by a name) and the profiles (how many seeds, queries and run
seeds). An experiment's own file may add methods and override a profile. Two experiments that ask for the same search
share its result.
"""
from __future__ import annotations

import hashlib
import json
import tomllib
from dataclasses import dataclass, field
from pathlib import Path

from pair_list import Pair, matches

HERE = Path(__file__).resolve().parent


@dataclass(frozen=True)
class Limits:
    max_seeds: int  # 0: every usable one
    max_queries: int  # a seed, its own query counted
    where: str = field(default="", compare=False)  # these limits hold, in words


@dataclass(frozen=True)
class Job:
    """One run of `dflare search`: a pair, a method, a run seed."""
    pair: Pair
    method: str
    options: tuple[str, ...]
    run_seed: int
    limits: Limits
    attack: str = ""  # the inputs are adversarial images of the original: "fgsm ..." or "cw ...", with its settings
    repair: tuple[str, ...] = ()  # options of the `dflare repair` that follows; (): none
    again: tuple[str, ...] = ()  # options of the search of the repaired pair that follows that; (): none

    def spec(self) -> dict:
        followed = {key: list(words) for key in ("repair", "again") if (words := getattr(self, key))}
        return {**self.pair.facts(), "options": list(self.options), "run_seed": self.run_seed, "attack": self.attack,
                "max_seeds": self.limits.max_seeds, "max_queries": self.limits.max_queries, **followed}

    def file(self, results: Path) -> Path:
        digest = hashlib.sha256(json.dumps(self.spec(), sort_keys=True).encode()).hexdigest()[:12]
        return results / self.pair.id / f"{self.method.replace(' ', '_')}.{digest}.seed{self.run_seed}.json"


@dataclass(frozen=True, eq=False)
class Experiment:
    name: str
    settings: dict  # the TOML
    methods: dict[str, tuple[str, ...]]  # name: options
    repairs: dict[str, tuple[str, ...]]  # of the methods that a repair follows, its options
    again: tuple[str, ...]  # options of the search of repaired pairs; (): none
    profile: dict
    pairs: list[Pair]

    def jobs(self) -> list[Job]:
        return [job for pair in self.pairs for method in self.methods for job in self.runs(pair, method)]

    def runs(self, pair: Pair, method: str) -> list[Job]:
        """One a run seed (and attack, if the experiment attacks)."""
        attacks = [attack_words(a, pair) for a in self.settings.get("attacks", [])] or [""]
        limits, repair = limits_of(self.profile, pair, method), self.repairs.get(method, ())
        return [Job(pair, method, self.methods[method], seed, limits, attack, repair, self.again if repair else ())
                for attack in attacks for seed in range(self.profile["run_seeds"])]

    @property
    def paper(self) -> dict:
        return self.settings.get("paper", {})


def attack_words(attack: dict, pair: Pair) -> str:
    """An attack and its settings for a pair, as attack.py takes them; later `for` tables win."""
    settings = {k: v for k, v in attack.items() if k != "for"}
    for special in attack.get("for", []):
        if matches(pair.id, special["pairs"]):
            settings |= {k: v for k, v in special.items() if k != "pairs"}
    return " ".join(f"{k}={v}" for k, v in settings.items())


def limits_of(profile: dict, pair: Pair, method: str) -> Limits:
    """The profile's limits, or those of the last of its `caps` that names the pair and the method."""
    limits = {k: profile[k] for k in ("max_seeds", "max_queries")}
    for cap in profile.get("caps", []):
        if matches(pair.id, cap.get("pairs", ["*"])) and matches(method, cap.get("methods", ["*"])):
            limits |= {k: cap[k] for k in (*limits, "where") if k in cap}
    return Limits(**limits)


def load(name: str, profile: str, pairs: list[Pair], families: dict[str, list[Pair]]) -> Experiment:
    """Raises FileNotFoundError for an unknown name, KeyError for an unknown method or profile."""
    shared = common()
    own = tomllib.loads((HERE / "experiments" / f"{name}.toml").read_text())
    known = shared["methods"] | own.get("methods", {})
    chosen = families.get(own["family"], []) if "family" in own else pairs
    chosen = [p for p in chosen if matches(p.id, own.get("pairs", ["*"])) and p.usable >= own.get("least_usable", 0)]
    ours, special = shared["profiles"][profile], own.get("profiles", {}).get(profile, {})
    merged = ours | special | {"caps": ours.get("caps", []) + special.get("caps", [])}
    repairs = {m: words(known[m]["repair"]) for m in own["use"] if "repair" in known[m]}
    again = words(options_of(own["again"], known)) if "again" in own else ()
    return Experiment(name, own, {m: words(options_of(m, known)) for m in own["use"]}, repairs, again, merged, chosen)


def options_of(method: str, known: dict) -> dict[str, str]:
    """A method's options by name: its own win over those of the method that it extends."""
    entry = known[method]
    return (options_of(entry["extends"], known) if "extends" in entry else {}) | entry.get("options", {})


def words(options: dict[str, str]) -> tuple[str, ...]:
    return tuple(word for name, value in options.items() for word in (f"--{name}", value))


def common() -> dict:
    return tomllib.loads((HERE / "common.toml").read_text())


def names() -> list[str]:
    """Of all experiments, in the order of the page."""
    return common()["order"]
