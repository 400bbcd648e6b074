// Which findings are shown, in which order and groups: what a reader chose.
import { type Finding, NATURAL, type Run, decisive } from "./data";

export interface Choice {
  kind: string; // "": any; "changed": all but natural ones; else a number of KINDS
  way: string; // "": any; else its number
  pair: string; // "": any; else as Run.pair
  least: number; // severity
  most: number; // L2; infinite: any
  sort: keyof typeof SORTS;
  grouped: boolean;
}

export const SORTS = {
  decisive: "most decisive first",
  frequent: "most frequent kind first",
  closest: "closest to the input first",
  quickest: "fewest queries first",
  input: "by input",
} as const;

export const everything = (): Choice => ({
  kind: "",
  way: "",
  pair: "",
  least: 0,
  most: Number.POSITIVE_INFINITY,
  sort: "decisive",
  grouped: true,
});

export interface Group {
  key: string;
  title: string;
  findings: Finding[];
  decisive: number; // how many of them
}

export function matches(run: Run, choice: Choice, f: Finding): boolean {
  if (choice.kind === "changed" ? f.natural : choice.kind !== "" && f.kind !== Number(choice.kind)) return false;
  if (choice.way !== "" && f.way !== Number(choice.way)) return false;
  if (choice.pair !== "" && run.pair(f) !== choice.pair) return false;
  return f.severity >= choice.least && f.l2 <= choice.most;
}

const ORDERS: Record<Choice["sort"], (f: Finding) => number> = {
  decisive: (f) => -f.severity,
  frequent: (f) => -f.severity,
  closest: (f) => (f.natural ? -1 : f.l2),
  quickest: (f) => f.queries,
  input: (f) => f.seed,
};

// The chosen findings, in order.
export function chosen(run: Run, choice: Choice): Finding[] {
  const order = ORDERS[choice.sort];
  const keyed = run.findings.filter((f) => matches(run, choice, f)).map((f) => ({ f, by: order(f) }));
  keyed.sort((a, b) => a.by - b.by || a.f.seed - b.f.seed || a.f.at - b.f.at);
  return keyed.map((entry) => entry.f);
}

// Kinds of failure: one pair of labels, reached in one way. In the order of their first findings, or by size.
export function groups(run: Run, choice: Choice, findings: Finding[]): Group[] {
  const by = new Map<string, Group>();
  const limit = decisive(run);
  for (const f of findings) {
    const key = `${f.kind === NATURAL}/${f.way}/${run.pair(f)}`;
    let group = by.get(key);
    if (!group) {
      group = {
        key,
        title: run.data.labels ? `${run.pair(f)}, ${run.way(f.way)}` : run.way(f.way),
        findings: [],
        decisive: 0,
      };
      by.set(key, group);
    }
    group.findings.push(f);
    if (f.severity >= limit) group.decisive++;
  }
  const list = [...by.values()];
  if (choice.sort === "frequent") list.sort((a, b) => b.findings.length - a.findings.length);
  return list;
}
