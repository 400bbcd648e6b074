// One finding, large, and the way from it to the next.
import { type Claim, type Finding, KINDS, type Run } from "./data";
import { action, h } from "./dom";
import { figure, grouped, odds, percent } from "./figures";
import { pictureOf } from "./gallery";
import { type Pictures, gain } from "./pictures";

export class Viewer {
  readonly element = h("dialog", { "aria-labelledby": "viewer-title" });
  private findings: Finding[] = [];
  private at = 0;
  private readonly body = h("div", { class: "viewer" });
  private readonly place = h("span", { class: "place", role: "status" });

  constructor(
    private readonly run: Run,
    private readonly pictures: Pictures,
    private readonly closed: (last: Finding) => void,
  ) {
    this.element.append(
      h(
        "div",
        { class: "bar" },
        action("← Previous", () => this.step(-1)),
        action("Next →", () => this.step(1)),
        this.place,
        action("Close", () => this.element.close(), { class: "close" }),
      ),
      this.body,
    );
    this.element.addEventListener("keydown", (event) => {
      const steps: Record<string, number> = {
        ArrowRight: 1,
        ArrowDown: 1,
        ArrowLeft: -1,
        ArrowUp: -1,
        Home: -this.findings.length,
        End: this.findings.length,
      };
      const step = steps[event.key];
      if (step === undefined) return;
      event.preventDefault();
      this.step(step);
    });
    this.element.addEventListener("click", (event) => {
      if (event.target === this.element) this.element.close(); // beside the box
    });
    this.element.addEventListener("close", () => this.closed(this.findings[this.at]!));
  }

  open(findings: Finding[], at: number): void {
    this.findings = findings;
    this.at = at;
    this.show();
    this.element.showModal();
  }

  private step(by: number): void {
    this.at = Math.min(Math.max(this.at + by, 0), this.findings.length - 1);
    this.show();
  }

  private show(): void {
    const f = this.findings[this.at]!;
    this.place.textContent = `${grouped(this.at + 1)} of ${grouped(this.findings.length)}`;
    const caption = f.natural
      ? "the input as it is"
      : f.seedPicture < 0
        ? "the finding; its input is not on this page"
        : `input · finding · difference${gain(f) > 1 ? `, × ${gain(f)}` : ""}, grey where nothing changed`;
    this.body.replaceChildren(
      h("h2", { id: "viewer-title" }, this.title(f)),
      h("p", { class: "how" }, f.words + (f.refineQueries > 0 ? ", then refined" : "")),
      h("figure", {}, pictureOf(this.pictures, f), h("figcaption", {}, f.picture < 0 ? "" : caption)),
      this.run.data.labels ? this.bars(f) : "",
      this.facts(f),
    );
  }

  private title(f: Finding): string {
    if (!this.run.data.labels) return "The compressed model strays from the original";
    const says = (label: number) => (!f.natural && label === f.seedLabel ? "still says" : "says");
    return `The original ${says(f.original)} ${this.run.label(f.original)}, the compressed model ${says(f.compressed)} ${this.run.label(f.compressed)}`;
  }

  // The labels likeliest to both models; of a run that has not kept them, the two that they give.
  private bars(f: Finding): HTMLElement {
    const { original, compressed } = f.top;
    if (original.length === 0 && compressed.length === 0) return this.twoLabels(f);
    const seed = f.seedTop;
    const both = this.models("", original, compressed);
    return f.natural || seed.original.length === 0
      ? both
      : h(
          "div",
          {},
          both,
          h(
            "details",
            { class: "before" },
            h("summary", {}, "What both said of the input"),
            this.models(", of the input", seed.original, seed.compressed),
          ),
        );
  }

  private twoLabels(f: Finding): HTMLElement {
    const { original, compressed } = f.claims();
    const models = this.models("", original, compressed);
    models.append(
      h(
        "p",
        { class: "hint" },
        "This run has kept a model's probability of its own label alone. That of the other's label follows from the recorded margins; ≤ where they only bound it.",
      ),
    );
    return models;
  }

  private models(of: string, original: Claim[], compressed: Claim[]): HTMLElement {
    const bar = (claim: Claim) => {
      const fill = h("span", { class: claim.bound ? "fill bound" : "fill" });
      fill.style.width = `${100 * claim.p}%`;
      return h(
        "tr",
        {},
        h("th", { scope: "row" }, this.run.label(claim.label)),
        h("td", { class: "track" }, h("span", { class: "rail" }, fill)),
        h("td", { class: "number" }, `${claim.bound ? "≤ " : ""}${percent(claim.p)}`),
      );
    };
    const model = (name: string, claims: Claim[]) =>
      h("table", { class: "bars" }, h("caption", {}, name), h("tbody", {}, ...claims.map(bar)));
    return h("div", { class: "models" }, model(`Original${of}`, original), model(`Compressed${of}`, compressed));
  }

  private facts(f: Finding): HTMLElement {
    const rows: [string, string][] = [];
    const from = f.trueLabel >= 0 && this.run.data.labels ? `, labelled ${this.run.label(f.trueLabel)}` : "";
    rows.push(["Input", `${f.source}, number ${f.seed}${from}`]);
    rows.push(["Kind", KINDS[f.kind]! + (f.tie ? ", a tie counted by first index" : "")]);
    if (f.measured) rows.push(["Measured", f.measured]);
    const means = this.run.data.labels ? odds(f.severity) : `${figure(1 + f.severity)} times as far apart as tolerated`;
    rows.push(["Severity", `${figure(f.severity)}: ${means}`]);
    if (f.refineQueries > 0) rows.push(["Before refining", figure(f.severityFound)]);
    if (!f.natural) {
      rows.push([
        "Distance",
        `largest change ${figure(f.linf)} of 255 · L2 ${figure(f.l2)} · SSIM ${f.ssim.toFixed(3)}`,
      ]);
      const refined = f.refineQueries > 0 ? `, and ${grouped(f.refineQueries)} to refine it` : "";
      rows.push(["Queries", grouped(f.queries) + refined]);
    }
    rows.push(["Again", `dflare show ${this.run.data.name} ${f.id}`]);
    const list = h("dl");
    for (const [name, text] of rows) list.append(h("dt", {}, name), h("dd", {}, text));
    return list;
  }
}
