// The page: a run's verdict, its figures, its findings. Everything is made here, from the data that stand in the file.
import "./style.css";
import { charts } from "./charts";
import { type Choice, SORTS, everything } from "./choice";
import { KINDS, type PageData, type ProfileData, type Run, type RunData, readPage } from "./data";
import { action, h, prose } from "./dom";
import { grouped, percent } from "./figures";
import { Gallery } from "./gallery";
import { comparisonSection, profileSection } from "./measured";
import { Pictures } from "./pictures";
import { Viewer } from "./viewer";

const TONES = {
  unsound: "Look at the set-up first",
  hurt: "The compression costs answers",
  close: "Close to the original",
  unknown: "Too little to say",
};

function verdict(data: RunData): HTMLElement {
  const { tone, headline, more, next } = data.verdict;
  return h(
    "section",
    { class: `verdict ${tone}`, "aria-labelledby": "headline" },
    h("p", { class: "tone" }, TONES[tone]),
    h("h2", { id: "headline" }, headline),
    ...more.map((sentence) => h("p", {}, ...prose(sentence))),
    next ? h("p", { class: "next" }, h("strong", {}, "What to do: "), ...prose(next)) : "",
    ...data.doubts.map((doubt) => h("p", { class: "doubt" }, ...prose(doubt))),
  );
}

// Rows of names and texts; a row without a name goes on with the one before.
function facts(rows: [string, string][]): HTMLElement {
  const list = h("dl");
  for (const [name, text] of rows) {
    if (name) list.append(h("dt", {}, name));
    list.append(h("dd", {}, text));
  }
  return list;
}

function about(data: RunData): HTMLElement {
  const part = (title: string, rows: [string, string][], open = false) =>
    h("details", { open }, h("summary", {}, title), facts(rows));
  return h(
    "section",
    { class: "about", "aria-labelledby": "about-title" },
    h("h2", { id: "about-title" }, "What was compared"),
    h(
      "div",
      { class: "two" },
      h("div", {}, h("h3", {}, "Original"), facts(data.models.original)),
      h("div", {}, h("h3", {}, "Compressed"), facts(data.models.compressed)),
    ),
    part("Inputs, preprocessing, machine", data.about),
    part("All settings of the search", data.settings),
  );
}

// A field and its label.
function field(label: string, input: HTMLElement): HTMLElement {
  input.id = `choose-${label.toLowerCase().replaceAll(" ", "-")}`;
  return h("div", { class: "field" }, h("label", { for: input.id }, label), input);
}

function select(
  label: string,
  options: [string, string][],
  value: string,
  changed: (value: string) => void,
): HTMLElement {
  const list = h("select", {}, ...options.map(([v, text]) => h("option", { value: v, selected: v === value }, text)));
  list.addEventListener("change", () => changed(list.value));
  return field(label, list);
}

function number(label: string, value: string, changed: (value: string) => void): HTMLElement {
  const input = h("input", { type: "number", min: 0, step: "any", value, placeholder: "any" });
  input.addEventListener("input", () => changed(input.value));
  return field(label, input);
}

// Counts of each value, most frequent first.
function frequent<Value>(run: Run, of: (f: Run["findings"][number]) => Value): [Value, number][] {
  const counts = new Map<Value, number>();
  for (const f of run.findings) counts.set(of(f), (counts.get(of(f)) ?? 0) + 1);
  return [...counts.entries()].sort((a, b) => b[1] - a[1]);
}

// `now` tells what is chosen: the toolbar outlives a number that is being typed.
function toolbar(run: Run, now: () => Choice, changed: (choice: Choice) => void): HTMLFormElement {
  const choice = now();
  const kinds: [string, string][] = [["", "any"]];
  const seen = new Map(frequent(run, (f) => f.kind));
  const natural = seen.get(3) ?? 0;
  if (natural > 0 && natural < run.findings.length)
    kinds.push(["changed", `reached by a change (${grouped(run.findings.length - natural)})`]);
  KINDS.forEach((text, kind) => {
    if (seen.has(kind)) kinds.push([String(kind), `${text} (${grouped(seen.get(kind)!)})`]);
  });
  const ways = frequent(run, (f) => f.way).map(([way, n]): [string, string] => [
    String(way),
    `${run.way(way)} (${grouped(n)})`,
  ]);
  const pairs = frequent(run, (f) => run.pair(f)).map(([pair, n]): [string, string] => [
    pair,
    `${pair} (${grouped(n)})`,
  ]);
  const set = (change: Partial<Choice>) => changed({ ...now(), ...change });
  const or = (text: string, otherwise: number) =>
    text === "" || Number.isNaN(Number(text)) ? otherwise : Number(text);
  return h(
    "form",
    { class: "toolbar", "aria-label": "Which findings are shown" },
    select("Kind", kinds, choice.kind, (kind) => set({ kind })),
    select("Reached by", [["", "anything"], ...ways], choice.way, (way) => set({ way })),
    run.data.labels && select("Labels", [["", "any"], ...pairs], choice.pair, (pair) => set({ pair })),
    number("Severity at least", choice.least > 0 ? String(choice.least) : "", (v) => set({ least: or(v, 0) })),
    number("L2 at most", Number.isFinite(choice.most) ? String(choice.most) : "", (v) =>
      set({ most: or(v, Number.POSITIVE_INFINITY) }),
    ),
    select("Order", Object.entries(SORTS), choice.sort, (sort) => set({ sort: sort as Choice["sort"] })),
    select(
      "Group",
      [
        ["yes", "kinds of failure"],
        ["no", "not at all"],
      ],
      choice.grouped ? "yes" : "no",
      (v) => set({ grouped: v === "yes" }),
    ),
    action("Show everything", () => changed(everything())),
  );
}

// The findings with what chooses among them. `choose` changes that from elsewhere.
function findings(run: Run): { element: HTMLElement; choose: (change: Partial<Choice>) => void; leave: () => void } {
  let choice = everything();
  const status = h("p", { class: "status", role: "status" });
  const pictures = new Pictures(run);
  const viewer = new Viewer(run, pictures, (last) => gallery.goTo(last));
  const gallery = new Gallery(
    run,
    pictures,
    choice,
    (list, at) => viewer.open(list, at),
    (text) => {
      status.textContent = text;
    },
  );
  let bar = h("form");
  const change = (next: Choice) => {
    choice = next;
    gallery.choose(choice);
    if (!(document.activeElement instanceof HTMLInputElement)) renew(); // nobody is typing
  };
  const renew = () => {
    const focused = [...bar.elements].indexOf(document.activeElement as Element);
    const made = toolbar(run, () => choice, change);
    made.addEventListener("submit", (event) => event.preventDefault());
    bar.replaceWith(made);
    bar = made;
    (bar.elements[focused] as HTMLElement | undefined)?.focus();
  };
  const element = h(
    "section",
    { class: "findings", "aria-labelledby": "findings-title" },
    h("h2", { id: "findings-title" }, "Findings"),
    h(
      "p",
      { class: "hint" },
      "Each shows the input, what was made of it, and the difference. Click to enlarge; arrow keys walk.",
    ),
    bar,
    status,
    ...run.data.notes.map((note) => h("p", { class: "doubt" }, ...prose(note))),
    gallery.element,
    viewer.element,
  );
  renew();
  queueMicrotask(() => gallery.choose(choice));
  return {
    element,
    choose: (part) => {
      change({ ...everything(), ...part });
      element.scrollIntoView();
    },
    leave: () => gallery.leave(),
  };
}

function runPage(run: Run, profiles: ProfileData[]): View {
  const { data } = run;
  const parts: HTMLElement[] = [verdict(data), ...profiles.map(profileSection)];
  const numbers = h(
    "section",
    { class: "numbers", "aria-labelledby": "numbers-title" },
    h("h2", { id: "numbers-title" }, "In numbers"),
    facts(data.lines),
  );
  let leave = () => {};
  if (run.findings.length > 0) {
    const gallery = findings(run);
    leave = gallery.leave;
    const choose = {
      pair: (pair: string) => gallery.choose({ pair }),
      way: (way: number) => gallery.choose({ way: String(way) }),
    };
    parts.push(h("section", { class: "charts", "aria-label": "Charts" }, ...charts(run, choose)), gallery.element);
  } else {
    parts.push(
      h("p", { class: "empty" }, "This run has no findings to show."),
      ...data.notes.map((n) => h("p", {}, n)),
    );
  }
  parts.push(numbers, about(data));
  return { elements: parts, leave };
}

interface View {
  elements: HTMLElement[];
  leave: () => void;
}

// What a reader can choose: a run with the profiles of its models, another profile, or a comparison.
interface Part {
  name: string;
  title: string; // of the window
  heading: (Node | string)[];
  cells: string[]; // what it is of, how often the models differ, and what that means
  view: () => View;
}

function headingOf(original: string, compressed: string): Pick<Part, "title" | "heading"> {
  return {
    title: `${original} and ${compressed}`,
    heading: [original, h("span", { class: "and" }, " and its compressed version "), compressed],
  };
}

function partsOf(page: PageData): Part[] {
  const share = (differ: number, of: number) => (of > 0 ? `${percent(differ / of)} of ${grouped(of)}` : "–");
  const runs = page.runs.map((run, place): Part => {
    const { data } = run;
    const profiles = page.profiles.filter((profile) => profile.beside.includes(place));
    return {
      name: data.name,
      ...headingOf(data.original, data.compressed),
      cells: [data.compressed, share(data.differ, data.asked), TONES[data.verdict.tone]],
      view: () => runPage(run, profiles),
    };
  });
  const profiles = page.profiles
    .filter((profile) => profile.beside.length === 0)
    .map((profile): Part => {
      const figures = profile.as_they_are;
      return {
        name: profile.name,
        ...headingOf(profile.original, profile.compressed),
        cells: [profile.compressed, figures ? share(figures.differ, figures.images) : "–", "a profile"],
        view: () => ({ elements: [profileSection(profile)], leave: () => {} }),
      };
    });
  const comparisons = page.comparisons.map(
    (comparison): Part => ({
      name: comparison.name,
      title: `${comparison.before} and ${comparison.after}`,
      heading: [comparison.before, h("span", { class: "and" }, " and then "), comparison.after],
      cells: ["–", "–", `a comparison of two ${comparison.of}`],
      view: () => ({ elements: [comparisonSection(comparison)], leave: () => {} }),
    }),
  );
  return [...runs, ...profiles, ...comparisons];
}

function overview(parts: Part[], show: (place: number) => void, now: number): HTMLElement {
  const rows = parts.map((part, place) => {
    const button = action(part.name, () => show(place), { class: "link" });
    if (place === now) button.setAttribute("aria-current", "true");
    return h("tr", {}, h("th", { scope: "row" }, button), ...part.cells.map((text) => h("td", {}, text)));
  });
  const head = ["On this page", "Compressed model", "Differs on inputs as they are", ""].map((t) =>
    t ? h("th", { scope: "col" }, t) : h("td"),
  );
  return h(
    "nav",
    { class: "runs", "aria-label": "On this page" },
    h("table", {}, h("thead", {}, h("tr", {}, ...head)), h("tbody", {}, ...rows)),
  );
}

async function start(): Promise<void> {
  const page = document.getElementById("page")!;
  if (!("DecompressionStream" in window)) {
    page.append("This browser is too old to unpack the page: any of 2023 or later can.");
    return;
  }
  const parts = partsOf(await readPage());
  let leave = () => {};
  const show = (place: number) => {
    leave();
    const part = parts[place]!;
    const made = part.view();
    leave = made.leave;
    document.title = `${part.title}: dflare report`;
    page.replaceChildren(
      h(
        "header",
        {},
        h("p", { class: "brand" }, "dflare report"),
        h("h1", {}, ...part.heading),
        parts.length > 1 ? overview(parts, show, place) : "",
      ),
      h("main", {}, ...made.elements),
    );
  };
  show(0);
}

void start();
