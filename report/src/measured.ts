// Profiles and comparisons: where the compressed model answers otherwise in the field, and what became of it.
import type { ComparisonData, Estimate, FieldFigures, ProfileData } from "./data";
import { h, prose } from "./dom";
import { figure, grouped, percent } from "./figures";

const MOST_NAMED = 20;
let sections = 0; // on the page

// "3.2 % (2.4 to 4.2)"
function interval([value, low, high]: Estimate): string {
  return `${percent(value)} (${percent(low)} to ${percent(high)})`;
}

const readable = (kind: string) => kind.replaceAll("-", " ");

// Kinds in rows, severities in columns; the darker, the more. `of` picks what is shown.
function heatMap(
  title: string,
  hint: string,
  profile: ProfileData,
  of: (figures: FieldFigures) => Estimate | null,
): HTMLElement | null {
  const at = (figures: FieldFigures | null) => (figures ? of(figures) : null);
  const shares = profile.kinds.flatMap((kind) => kind.severities.map((s) => at(s)?.[0] ?? 0));
  if (!profile.kinds.some((kind) => at(kind.all))) return null;
  const most = Math.max(...shares, 1e-9);
  const cell = (figures: FieldFigures | null) => {
    const estimate = at(figures);
    if (!estimate) return h("td", {}, "–");
    const made = h("td", { title: `${interval(estimate)}, ${grouped(figures!.images)} images` }, percent(estimate[0]));
    made.style.setProperty("--share", String(Math.round(46 * Math.sqrt(estimate[0] / most))));
    return made;
  };
  const head = ["kind ↓ severity →", "1", "2", "3", "4", "5", "all"].map((t) => h("th", { scope: "col" }, t));
  const rows = profile.kinds.map((kind) =>
    h(
      "tr",
      {},
      h("th", { scope: "row" }, readable(kind.kind)),
      ...kind.severities.map(cell),
      h("td", { class: "all" }, at(kind.all) ? percent(at(kind.all)![0]) : "–"),
    ),
  );
  return h(
    "figure",
    { class: "chart wide" },
    h("figcaption", {}, h("strong", {}, title), h("span", {}, hint)),
    h(
      "div",
      { class: "scroll", tabindex: 0, role: "region", "aria-label": title },
      h("table", { class: "heat" }, h("thead", {}, h("tr", {}, ...head)), h("tbody", {}, ...rows)),
    ),
  );
}

function figureRows(name: string, figures: FieldFigures | null): HTMLElement[] {
  if (!figures) return [];
  const rows = [
    h("dt", {}, name),
    h("dd", {}, `differ on ${interval(figures.disagreement)} of ${grouped(figures.images)} images`),
  ];
  const { accuracy_original, accuracy_compressed, regressions, gains } = figures;
  if (accuracy_original && accuracy_compressed)
    rows.push(
      h("dd", {}, `right: original ${interval(accuracy_original)}, compressed ${interval(accuracy_compressed)}`),
    );
  if (regressions && gains)
    rows.push(
      h("dd", {}, `only the original is right: ${interval(regressions)}; only the compressed: ${interval(gains)}`),
    );
  return rows;
}

function losses(profile: ProfileData): HTMLElement[] {
  const rows: HTMLElement[] = [];
  profile.labels.slice(0, 5).forEach((loss, i) => {
    if (i === 0) rows.push(h("dt", {}, "labels that lose most"));
    const of = `${grouped(loss.lost)} of ${grouped(loss.images)} images`;
    rows.push(h("dd", {}, `${loss.name}: ${of}, ${interval(loss.share)}`));
  });
  profile.pairs.slice(0, 5).forEach((loss, i) => {
    if (i === 0) rows.push(h("dt", {}, "most often"));
    rows.push(h("dd", {}, `${loss.names[0]} → ${loss.names[1]}: ${grouped(loss.images)} images`));
  });
  return rows;
}

export function profileSection(profile: ProfileData): HTMLElement {
  const id = `measured-${++sections}`;
  const worst = profile.kinds.find((kind) => kind.all);
  const kind = worst?.all && h("p", {}, `Most damaging: ${readable(worst.kind)}, ${interval(worst.all.disagreement)}.`);
  return h(
    "section",
    { class: "profile", "aria-labelledby": id },
    h("h2", { id }, "In the field"),
    h(
      "p",
      { class: "hint" },
      `${profile.name}: ${grouped(profile.inputs)} inputs of ${profile.seeds}, as they are and under natural corruptions${profile.complete ? "" : ", as far as it came"}. In brackets: 95 % intervals over inputs.`,
    ),
    ...profile.notes.map((note) => h("p", { class: "doubt" }, ...prose(note))),
    kind,
    h(
      "dl",
      {},
      ...figureRows("inputs as they are", profile.as_they_are),
      ...figureRows("under corruption", profile.corrupted),
      ...losses(profile),
    ),
    h(
      "div",
      { class: "charts" },
      heatMap("The models differ", "share of the images", profile, (f) => f.disagreement),
      heatMap(
        "Regressions",
        "share of the labelled images that only the original gets right",
        profile,
        (f) => f.regressions,
      ),
    ),
  );
}

function named(title: string, sources: string[], count: number): HTMLElement | string {
  if (count === 0) return "";
  const left = count - Math.min(MOST_NAMED, sources.length);
  return h(
    "details",
    { open: title === "New" },
    h("summary", {}, `${title}: ${grouped(count)}`),
    h(
      "ul",
      {},
      ...sources.slice(0, MOST_NAMED).map((source) => h("li", {}, source)),
      left > 0 && h("li", {}, `and ${grouped(left)} more, in the JSON`),
    ),
  );
}

const MEANS: Record<string, string> = { better: "better", worse: "worse" };

export function comparisonSection(comparison: ComparisonData): HTMLElement {
  const id = `measured-${++sections}`;
  const found = comparison.of === "runs" ? "found on" : "the models differ on";
  const head = ["", "before", "after", "change, paired by input", "inputs", ""].map((t) =>
    t ? h("th", { scope: "col" }, t) : h("td"),
  );
  const signed = (value: number, share: boolean) => {
    const text = share ? `${figure(100 * Math.abs(value))} points` : figure(Math.abs(value));
    return `${value < 0 ? "−" : "+"}${text}`;
  };
  const rows = comparison.figures.map((f) => {
    const plain = (value: number) => (f.share ? percent(value) : figure(value));
    const [change, low, high] = f.change;
    return h(
      "tr",
      { class: MEANS[f.direction] ?? "" },
      h("th", { scope: "row" }, f.name),
      h("td", {}, plain(f.before)),
      h("td", {}, plain(f.after)),
      h("td", {}, `${signed(change, f.share)} (${signed(low, f.share)} to ${signed(high, f.share)})`),
      h("td", {}, grouped(f.of)),
      h("td", {}, f.direction),
    );
  });
  return h(
    "section",
    { class: "comparison", "aria-labelledby": id },
    h(
      "h2",
      { id },
      `Of ${grouped(comparison.inputs)} inputs ${found}: ${grouped(comparison.fixed_count)} fixed, ${grouped(comparison.new_count)} new, ${grouped(comparison.still)} still there`,
    ),
    h("p", { class: "hint" }, `${comparison.name}. In brackets: 95 % intervals of the change.`),
    ...comparison.notes.map((note) => h("p", { class: "doubt" }, ...prose(note))),
    h(
      "div",
      { class: "scroll", tabindex: 0, role: "region", "aria-label": "Figures before and after" },
      h("table", { class: "changes" }, h("thead", {}, h("tr", {}, ...head)), h("tbody", {}, ...rows)),
    ),
    named("New", comparison.new, comparison.new_count),
    named("Fixed", comparison.fixed, comparison.fixed_count),
    h(
      "dl",
      {},
      h("dt", {}, "before"),
      h("dd", {}, `${comparison.before}: ${comparison.models_before.join(", ")}`),
      h("dt", {}, "after"),
      h("dd", {}, `${comparison.after}: ${comparison.models_after.join(", ")}`),
    ),
  );
}
