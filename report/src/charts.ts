// Charts as SVG, drawn from the findings. Each says in words what it shows.
import { type Finding, type Run, decisive } from "./data";
import { action, h, svg } from "./dom";
import { figure, grouped, median, percent } from "./figures";

const WIDTH = 360;
const HEIGHT = 190;
const LEFT = 44;
const BOTTOM = 34;
const TOP = 10;
const RIGHT = 10;
const INNER_W = WIDTH - LEFT - RIGHT;
const INNER_H = HEIGHT - TOP - BOTTOM;

function panel(title: string, hint: string, ...content: Node[]): HTMLElement {
  const wide = content.some((part) => part instanceof HTMLDivElement); // a table
  return h(
    "figure",
    { class: wide ? "chart wide" : "chart" },
    h("figcaption", {}, h("strong", {}, title), h("span", {}, hint)),
    ...content,
  );
}

// An empty chart: axes with their ticks, as [place from 0 to 1, text].
function axes(label: string, xs: [number, string][], ys: [number, string][], xTitle: string): SVGElement {
  const chart = svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": label });
  for (const [place, text] of ys) {
    const y = TOP + INNER_H * (1 - place);
    chart.append(
      svg("line", { x1: LEFT, x2: WIDTH - RIGHT, y1: y, y2: y, class: "grid" }),
      svg("text", { x: LEFT - 6, y: y + 4, "text-anchor": "end" }, text),
    );
  }
  for (const [place, text] of xs) {
    chart.append(svg("text", { x: LEFT + INNER_W * place, y: HEIGHT - BOTTOM + 15, "text-anchor": "middle" }, text));
  }
  chart.append(svg("text", { x: LEFT + INNER_W / 2, y: HEIGHT - 4, "text-anchor": "middle", class: "axis" }, xTitle));
  return chart;
}

// Up to three round values from 0 to a bit above `most`, as shares of the highest.
function counts(most: number): { top: number; ticks: [number, string][] } {
  const unit = 10 ** Math.floor(Math.log10(Math.max(1, most)));
  const step = Math.max(1, [1, 2, 5, 10].map((m) => (m * unit) / 2).find((s) => most / s <= 4) ?? unit);
  const top = Math.ceil(most / step) * step;
  const ticks: [number, string][] = [];
  for (let value = 0; value <= top; value += step) ticks.push([value / top, grouped(value)]);
  return { top, ticks };
}

interface Bin {
  text: string; // below its left edge; may be empty
  parts: number[]; // heights, stacked
  title: string;
}

function histogram(label: string, bins: Bin[], xTitle: string): SVGElement {
  const most = Math.max(1, ...bins.map((bin) => bin.parts.reduce((a, b) => a + b, 0)));
  const { top, ticks } = counts(most);
  const each = INNER_W / bins.length;
  const chart = axes(
    label,
    bins.map((bin, i) => [i / bins.length, bin.text]),
    ticks,
    xTitle,
  );
  bins.forEach((bin, i) => {
    let y = TOP + INNER_H;
    bin.parts.forEach((part, which) => {
      const height = (INNER_H * part) / top;
      y -= height;
      if (part === 0) return;
      const rect = { x: LEFT + i * each + 1, y, width: Math.max(1, each - 2), height, class: `part${which}` };
      chart.append(svg("rect", rect, svg("title", {}, bin.title)));
    });
  });
  return chart;
}

function successChart(run: Run): HTMLElement | null {
  const { found_by, searched } = run.data;
  if (found_by.length === 0 || searched === 0) return null;
  const last = Math.max(2, found_by[found_by.length - 1]![0]);
  const x = (queries: number) => Math.log(Math.max(1, queries)) / Math.log(last);
  const decades = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000].filter((v) => v <= last);
  const xs = decades
    .filter((_, i) => decades.length < 8 || i % 3 === 0)
    .map((v): [number, string] => [x(v), grouped(v)]);
  const share = found_by[found_by.length - 1]![1] / searched;
  const chart = axes(
    `${percent(share)} of ${grouped(searched)} searched inputs had a finding, the last after ${grouped(last)} queries`,
    xs,
    [0, 0.25, 0.5, 0.75, 1].map((v) => [v, percent(v)]),
    "queries spent on an input",
  );
  let path = `M${LEFT},${TOP + INNER_H}`;
  for (const [queries, inputs] of found_by) {
    path += `H${(LEFT + INNER_W * x(queries)).toFixed(1)}V${(TOP + INNER_H * (1 - inputs / searched)).toFixed(1)}`;
  }
  chart.append(svg("path", { d: `${path}H${WIDTH - RIGHT}`, class: "curve" }));
  return panel("Success against queries", "share of the searched inputs with a finding", chart);
}

function queriesChart(run: Run): HTMLElement | null {
  const { found_by } = run.data;
  if (found_by.length === 0) return null;
  const bins: Bin[] = [];
  let before = 0;
  for (const [queries, inputs] of found_by) {
    const bin = Math.floor(Math.log2(Math.max(1, queries)));
    while (bins.length <= bin) bins.push({ text: grouped(2 ** bins.length), parts: [0], title: "" });
    bins[bin]!.parts[0]! += inputs - before;
    before = inputs;
  }
  bins.forEach((bin, i) => {
    bin.title = `${grouped(2 ** i)} to ${grouped(2 ** (i + 1) - 1)} queries: ${grouped(bin.parts[0]!)} inputs`;
  });
  const label = `Inputs by the queries until their first finding: ${bins.map((b) => b.title).join("; ")}`;
  return panel("Queries until the first finding", "inputs", histogram(label, bins, "queries"));
}

function severityChart(run: Run): HTMLElement | null {
  if (run.findings.length === 0) return null;
  const values = run.findings.map((f) => f.severity);
  const most = values.reduce((a, b) => Math.max(a, b), 0.1);
  const step = [0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 50].find((s) => most / s <= 16) ?? most / 16;
  const bins: Bin[] = Array.from({ length: Math.floor(most / step) + 1 }, (_, i) => ({
    text: i % 4 === 0 ? figure(i * step).replace(/\.?0+$/, "") : "",
    parts: [0, 0],
    title: "",
  }));
  for (const f of run.findings) bins[Math.max(0, Math.floor(f.severity / step))]!.parts[f.natural ? 1 : 0]! += 1;
  bins.forEach((bin, i) => {
    bin.title = `${figure(i * step)} to ${figure((i + 1) * step)}: ${grouped(bin.parts[0]!)} reached, ${grouped(bin.parts[1]!)} as they are`;
  });
  const clear = values.filter((v) => v >= decisive(run)).length;
  const label = `Severities: ${grouped(clear)} of ${grouped(values.length)} findings are decisive`;
  return panel(
    "How decisive",
    run.data.labels
      ? "findings by severity; from 1.39 on both models prefer their answer 4 to 1"
      : "findings by severity",
    histogram(label, bins, "severity"),
    h(
      "p",
      { class: "legend" },
      h("span", { class: "key0" }),
      "reached by a change",
      h("span", { class: "key1" }),
      "inputs as they are",
    ),
  );
}

// Which label became which: the original's answer in rows, the compressed model's in columns.
function pairMatrix(run: Run, choose: (pair: string) => void): HTMLElement | null {
  if (!run.data.labels || run.findings.length === 0) return null;
  const totals = new Map<number, number>();
  const cells = new Map<string, Finding[]>();
  for (const f of run.findings) {
    for (const label of [f.original, f.compressed]) totals.set(label, (totals.get(label) ?? 0) + 1);
    const key = `${f.original}/${f.compressed}`;
    const cell = cells.get(key);
    if (cell) cell.push(f);
    else cells.set(key, [f]);
  }
  const labels = [...totals.entries()]
    .sort((a, b) => b[1] - a[1])
    .slice(0, 12)
    .map(([label]) => label)
    .sort((a, b) => a - b);
  const most = Math.max(...[...cells.values()].map((c) => c.length));
  const head = h(
    "tr",
    {},
    h("th", { scope: "col" }, "original ↓"),
    ...labels.map((l) => h("th", { scope: "col" }, run.label(l))),
  );
  const rows = labels.map((from) =>
    h(
      "tr",
      {},
      h("th", { scope: "row" }, run.label(from)),
      ...labels.map((to) => {
        const found = cells.get(`${from}/${to}`);
        if (!found) return h("td");
        const pair = run.pair(found[0]!);
        const button = action(grouped(found.length), () => choose(pair), {
          "aria-label": `${pair}: ${grouped(found.length)} findings`,
        });
        button.style.setProperty("--share", String(Math.round(8 + 40 * (found.length / most))));
        return h("td", {}, button);
      }),
    ),
  );
  const left = totals.size - labels.length;
  return panel(
    "Which label became which",
    `the compressed model's answers stand above${left > 0 ? `; the ${labels.length} most frequent labels, ${left} left out` : ""}`,
    h("div", { class: "scroll" }, h("table", { class: "matrix" }, h("thead", {}, head), h("tbody", {}, ...rows))),
  );
}

// Which ways pay: how often each led to a finding, how decisive, and at what price.
function waysTable(run: Run, choose: (way: number) => void): HTMLElement | null {
  if (run.findings.length === 0) return null;
  const by = new Map<number, Finding[]>();
  for (const f of run.findings) {
    const list = by.get(f.way);
    if (list) list.push(f);
    else by.set(f.way, [f]);
  }
  const ways = [...by.entries()].sort((a, b) => b[1].length - a[1].length);
  const most = ways[0]![1].length;
  const limit = decisive(run);
  const rows = ways.map(([way, list]) => {
    const bar = svg(
      "svg",
      { viewBox: "0 0 100 10", preserveAspectRatio: "none", "aria-hidden": "true" },
      svg("rect", {
        x: 0,
        y: 0,
        width: Math.max(0.5, (100 * list.length) / most),
        height: 10,
        class: list[0]!.natural ? "part1" : "part0",
      }),
    );
    const natural = list[0]!.natural;
    return h(
      "tr",
      {},
      h(
        "th",
        { scope: "row" },
        action(run.way(way), () => choose(way), { class: "link" }),
      ),
      h("td", { class: "length" }, bar),
      h("td", {}, grouped(list.length)),
      h("td", {}, percent(list.filter((f) => f.severity >= limit).length / list.length)),
      h("td", {}, natural ? "–" : figure(median(list.map((f) => f.queries)))),
      h("td", {}, natural ? "–" : figure(median(list.map((f) => f.l2)))),
    );
  });
  const head = ["reached by", "", "findings", "decisive", "median queries", "median L2"].map((t) =>
    t ? h("th", { scope: "col" }, t) : h("td"),
  );
  return panel(
    "Which ways pay",
    "what brought the two models apart",
    h(
      "div",
      { class: "scroll" },
      h("table", { class: "ways" }, h("thead", {}, h("tr", {}, ...head)), h("tbody", {}, ...rows)),
    ),
  );
}

export interface Choosers {
  pair: (pair: string) => void;
  way: (way: number) => void;
}

export function charts(run: Run, choose: Choosers): HTMLElement[] {
  const all = [
    severityChart(run),
    successChart(run),
    queriesChart(run),
    waysTable(run, choose.way),
    pairMatrix(run, choose.pair),
  ];
  return all.filter((chart) => chart !== null);
}
