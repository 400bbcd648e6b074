// The gallery: a virtual list over the page's own scrolling. Only what can be seen is there as elements.
import { type Choice, type Group, chosen, groups } from "./choice";
import { type Finding, KIND_NAMES, type Run } from "./data";
import { action, h } from "./dom";
import { figure, grouped } from "./figures";
import type { Pictures } from "./pictures";
import { gap } from "./pictures";

const GAP = 14; // between cards
const CARD_WIDTH = 250; // at least
const TEXT_HEIGHT = 104; // of a card, below its picture
const HEAD_HEIGHT = 60;
const MOST_ELEMENTS = 480; // of cards and heads
const CARD_ELEMENTS = 5;
const MARGIN = 600; // pixels beyond what can be seen, where cards are made already
const PRINTED = 24; // cards

// What stands in the list: a group's head, or cards side by side. `column` and `span` count cards.
type Line = { top: number; height: number; column: number; span: number } & (
  | { head: Group; open: boolean }
  | { first: number }
);

export class Gallery {
  readonly element = h("div", { class: "gallery" });
  private findings: Finding[] = []; // in the order in which they are walked
  private places: { top: number; column: number }[] = []; // of their cards
  private lines: Line[] = [];
  private columns = 1;
  private cardWidth = CARD_WIDTH;
  private shown = new Map<string, HTMLElement>();
  private readonly opened = new Set<string>(); // groups
  private focus = 0; // among the findings: the card that Tab reaches
  private choice: Choice;
  private printing = false;

  constructor(
    private readonly run: Run,
    private readonly pictures: Pictures,
    choice: Choice,
    private readonly open: (findings: Finding[], at: number) => void,
    private readonly told: (text: string) => void,
  ) {
    this.choice = choice;
    const again = () => this.show();
    window.addEventListener("scroll", again, { passive: true, signal: this.gone.signal });
    const resized = new ResizeObserver(() => {
      if (!this.printing && this.lay()) this.show();
    });
    resized.observe(this.element);
    this.gone.signal.addEventListener("abort", () => resized.disconnect());
    const print = matchMedia("print");
    print.addEventListener("change", () => this.print(print.matches), { signal: this.gone.signal });
    window.addEventListener("beforeprint", () => this.print(true), { signal: this.gone.signal });
    window.addEventListener("afterprint", () => this.print(false), { signal: this.gone.signal });
    this.element.addEventListener("keydown", (event) => this.walk(event));
  }
  private readonly gone = new AbortController();
  leave(): void {
    this.gone.abort();
  }

  choose(choice: Choice): void {
    this.choice = choice;
    this.focus = 0;
    this.columns = 0; // lay() has something to do
    this.lay();
    this.show();
    if (matchMedia("print").matches) this.print(true); // it may go to paper as it opens
  }

  // The card of a finding comes into view and takes the focus.
  goTo(finding: Finding): void {
    const at = this.findings.indexOf(finding);
    if (at < 0) return;
    this.focus = at;
    const line = this.lines.find((l) => "first" in l && at >= l.first && at < l.first + l.span);
    if (line) {
      const top = this.element.getBoundingClientRect().top + window.scrollY + line.top;
      const low = window.scrollY + 16;
      if (top < low || top + line.height > low + window.innerHeight)
        window.scrollTo({ top: top - window.innerHeight / 3 });
    }
    this.show();
    this.shown.get(finding.id)?.focus({ preventScroll: true });
  }

  // Puts the lines together for the width there is; whether anything changed.
  private lay(): boolean {
    const width = this.element.clientWidth;
    const columns = Math.max(1, Math.floor((width + GAP) / (CARD_WIDTH + GAP)));
    const cardWidth = (width - GAP * (columns - 1)) / columns;
    if (columns === this.columns && cardWidth === this.cardWidth) return false;
    this.columns = columns;
    this.cardWidth = cardWidth;
    this.findings = [];
    this.places = [];
    this.lines = [];
    const all = chosen(this.run, this.choice);
    const list = groups(this.run, this.choice, all);
    const top = this.choice.grouped ? this.layGroups(list) : this.layCards(all, 0, 0, columns, true);
    this.element.style.height = `${Math.max(0, top - GAP)}px`;
    this.clear();
    const kinds = list.length === 1 ? "one kind" : `${grouped(list.length)} kinds`;
    this.told(
      all.length === 0
        ? "No finding is like that."
        : `${grouped(all.length)} of ${grouped(this.run.findings.length)} findings, of ${kinds}`,
    );
    return true;
  }

  // Small groups stand beside each other: where one leaves room, the next that is small enough fills it. Returns where
  // the list ends.
  private layGroups(list: Group[]): number {
    const rows: { used: number; groups: Group[] }[] = [];
    let room: { used: number; groups: Group[] } | undefined; // the last row with some
    for (const group of list) {
      const span = this.opened.has(group.key) ? this.columns : Math.min(this.columns, group.findings.length);
      let row = room;
      if (!row || row.used + span > this.columns) {
        row = { used: 0, groups: [] };
        rows.push(row);
      }
      row.groups.push(group);
      row.used += span;
      if (row.used < this.columns) room = row;
      else if (room === row) room = undefined;
    }
    let top = 0;
    for (const row of rows) {
      let column = 0;
      let end = top;
      for (const group of row.groups) {
        const open = this.opened.has(group.key);
        const span = Math.min(this.columns, group.findings.length);
        this.lines.push({ top, height: HEAD_HEIGHT, column, span, head: group, open });
        end = Math.max(end, this.layCards(group.findings, top + HEAD_HEIGHT, column, span, open));
        column += span;
      }
      top = end;
    }
    return top;
  }

  // All of the findings, or a row of them.
  private layCards(findings: Finding[], from: number, column: number, span: number, all: boolean): number {
    let top = from;
    for (let at = 0; at < findings.length && (all || at === 0); at += span) {
      const row = findings.slice(at, at + span);
      this.lines.push({ top, height: this.cardHeight, column, span: row.length, first: this.findings.length });
      row.forEach((_, i) => this.places.push({ top, column: column + i }));
      this.findings.push(...row);
      top += this.cardHeight + GAP;
    }
    return top;
  }

  private get cardHeight(): number {
    const { width, height } = this.pictures;
    const aspect = width > 0 ? height / (3 * width + 2 * gap(width)) : 0;
    return Math.round((this.cardWidth - 18) * aspect) + TEXT_HEIGHT;
  }

  private clear(): void {
    this.element.replaceChildren();
    this.shown.clear();
  }

  // Makes what can be seen, and takes away what cannot.
  private show(): void {
    if (this.printing) return;
    const begin = -this.element.getBoundingClientRect().top;
    const wanted = new Map<string, { line: Line; at: number }>();
    let left = MOST_ELEMENTS;
    for (let i = this.firstBelow(begin - MARGIN); i < this.lines.length; i++) {
      const line = this.lines[i]!;
      if (line.top > begin + window.innerHeight + MARGIN || left <= 0) break;
      if ("head" in line) {
        wanted.set(`head ${line.head.key}`, { line, at: -1 });
        left -= 4;
        continue;
      }
      for (let at = line.first; at < line.first + line.span; at++) wanted.set(this.findings[at]!.id, { line, at });
      left -= CARD_ELEMENTS * line.span;
    }
    for (const [key, element] of this.shown) {
      if (wanted.has(key) || element === document.activeElement) continue;
      element.remove();
      this.shown.delete(key);
    }
    for (const [key, { line, at }] of wanted) {
      const there = this.shown.get(key);
      if (there) {
        if (at >= 0) there.tabIndex = at === this.focus ? 0 : -1;
        continue;
      }
      const made = "head" in line ? this.head(line.head, line.open) : this.card(at);
      const step = this.cardWidth + GAP;
      const card = "first" in line;
      made.style.top = `${line.top}px`;
      made.style.left = `${step * (line.column + (card ? at - line.first : 0))}px`;
      made.style.width = `${card ? this.cardWidth : step * line.span - GAP}px`;
      if (card) made.style.height = `${line.height}px`;
      this.element.append(made);
      this.shown.set(key, made);
    }
  }

  private firstBelow(top: number): number {
    let low = 0;
    let high = this.lines.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.lines[middle]!.top + this.lines[middle]!.height < top) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  private head(group: Group, open: boolean): HTMLElement {
    const count = group.findings.length;
    const size = count === 1 ? "one finding" : `${grouped(count)} findings`;
    const about = group.decisive === 0 ? size : `${size}, ${grouped(group.decisive)} decisive`;
    const more =
      count > this.columns &&
      action(open ? "Show fewer" : `Show all ${grouped(count)}`, () => this.toggle(group), {
        "aria-expanded": String(open),
      });
    return h("div", { class: "group" }, h("h3", { title: group.title }, group.title), h("span", {}, about), more);
  }

  private toggle(group: Group): void {
    if (!this.opened.delete(group.key)) this.opened.add(group.key);
    this.columns = 0;
    this.lay();
    this.show();
    const head = this.shown.get(`head ${group.key}`);
    head?.querySelector("button")?.focus({ preventScroll: true });
  }

  private card(at: number): HTMLElement {
    const f = this.findings[at]!;
    const button = action("", () => this.open(this.findings, this.findings.indexOf(f)), {
      class: "card",
      "data-finding": f.id,
      tabindex: at === this.focus ? 0 : -1,
      "aria-label": description(this.run, f),
    });
    button.addEventListener("focus", () => {
      this.focus = this.findings.indexOf(f);
    });
    button.append(
      pictureOf(this.pictures, f),
      h("strong", {}, this.run.pair(f)),
      h("span", {}, f.measured || f.words),
      h(
        "small",
        {},
        `severity ${figure(f.severity)} · ${f.natural ? "unchanged" : `L2 ${figure(f.l2)} · ${grouped(f.queries)} queries`}`,
      ),
    );
    return button;
  }

  private walk(event: KeyboardEvent): void {
    if (!(event.target instanceof HTMLElement) || !event.target.dataset.finding) return;
    const to: Record<string, () => number> = {
      ArrowRight: () => this.focus + 1,
      ArrowLeft: () => this.focus - 1,
      ArrowDown: () => this.beside(1),
      ArrowUp: () => this.beside(-1),
      Home: () => 0,
      End: () => this.findings.length - 1,
    };
    const at = to[event.key]?.();
    if (at === undefined) return;
    event.preventDefault();
    this.goTo(this.findings[Math.min(Math.max(at, 0), this.findings.length - 1)]!);
  }

  // The nearest card in the row of cards below (1) or above (-1).
  private beside(way: 1 | -1): number {
    const from = this.places[this.focus]!;
    let row: number | undefined;
    let best = this.focus;
    for (let at = this.focus + way; at >= 0 && at < this.places.length; at += way) {
      const place = this.places[at]!;
      if ((place.top - from.top) * way <= 0) continue;
      row ??= place.top;
      if (place.top !== row) break;
      const nearer = Math.abs(place.column - from.column) < Math.abs(this.places[best]!.column - from.column);
      if (best === this.focus || nearer) best = at;
    }
    return best;
  }

  // On paper the first findings stand one after the other, each kind's best before its second.
  private print(printing: boolean): void {
    if (printing === this.printing) return;
    this.printing = printing;
    this.clear();
    this.element.classList.toggle("printed", printing);
    if (!printing) {
      this.show();
      return;
    }
    this.element.append(...this.findings.slice(0, PRINTED).map((_, at) => this.card(at)));
    const left = this.run.findings.length - Math.min(PRINTED, this.findings.length);
    if (left > 0) this.element.append(h("p", {}, `${grouped(left)} further findings are on the page itself.`));
  }
}

// Input, finding and difference on one canvas.
export function pictureOf(pictures: Pictures, f: Finding): HTMLElement {
  if (f.picture < 0) return h("span", { class: "absent" }, `its picture is in findings/${pngName(f)}`);
  const { width, height } = pictures;
  const across = f.natural ? width : 3 * width + 2 * gap(width);
  const canvas = h("canvas", { width: across, height, "data-of": f.id, "aria-hidden": "true" });
  if (width <= 64) canvas.classList.add("small");
  if (f.natural) canvas.classList.add("single");
  void pictures.draw(f, canvas);
  return canvas;
}

function pngName(f: Finding): string {
  return `${String(f.seed).padStart(6, "0")}_${f.id.split(":")[1]}_${KIND_NAMES[f.kind]}.png`;
}

function description(run: Run, f: Finding): string {
  const says = run.data.labels
    ? `the original says ${run.label(f.original)}, the compressed model ${run.label(f.compressed)}`
    : `the compressed model strays, ${f.measured}`;
  return `${f.source}: ${says}. ${f.words}. Severity ${figure(f.severity)}`;
}
