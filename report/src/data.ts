// The data of the page, as src/page/page_data.cpp and measured_page.cpp write them, and one finding at a time out of
// them.
import { bytesIn } from "./seven_bits";

type Rows = [string, string][];
type Column = number[];

// Labels and their probabilities in parts of 10 000, `width` a row; -1: none.
interface TopColumns {
  width: number;
  label: Column;
  part: Column;
}

interface Columns {
  count: number;
  pictured: string; // "+" or "-" for each: has it a picture? Empty: all have
  seed: Column;
  ordinal: Column;
  kind: Column;
  seed_label: Column;
  label_original: Column;
  label_compressed: Column;
  severity: (number | null)[];
  severity_found?: (number | null)[];
  linf: Column;
  l2: Column;
  ssim: Column;
  queries: Column;
  refine_queries?: Column;
  tie: Column;
  way: Column;
  phrase: Column;
  measured?: string[];
  p_original?: Column;
  p_compressed?: Column;
  other_original?: Column;
  other_compressed?: Column;
  exact?: Column;
  top_original?: TopColumns;
  top_compressed?: TopColumns;
}

export interface PictureData {
  width: number;
  height: number;
  columns: number;
  per_atlas: number;
  atlases: number;
}

// Value, and the ends of its interval.
export type Estimate = [number, number, number];

export interface FieldFigures {
  images: number;
  differ: number;
  disagreement: Estimate;
  accuracy_original: Estimate | null;
  accuracy_compressed: Estimate | null;
  regressions: Estimate | null;
  gains: Estimate | null;
}

export interface ProfileData {
  name: string;
  original: string;
  compressed: string;
  beside: number[]; // places of the runs of the same models
  seeds: string;
  complete: boolean;
  inputs: number;
  as_they_are: FieldFigures | null;
  corrupted: FieldFigures | null;
  kinds: { kind: string; all: FieldFigures | null; severities: (FieldFigures | null)[] }[];
  labels: { name: string; images: number; lost: number; share: Estimate }[];
  pairs: { names: string[]; images: number }[];
  notes: string[];
}

export interface ComparisonData {
  name: string;
  of: string; // "runs" or "profiles"
  before: string;
  after: string;
  models_before: string[];
  models_after: string[];
  inputs: number;
  fixed_count: number;
  new_count: number;
  fixed: string[]; // the first of them
  new: string[];
  still: number;
  neither: number;
  figures: {
    name: string;
    share: boolean;
    before: number;
    after: number;
    change: Estimate;
    of: number;
    direction: string;
  }[];
  notes: string[];
}

export interface RunData {
  name: string;
  original: string;
  compressed: string;
  oracle: string;
  labels: boolean;
  verdict: { tone: "unsound" | "hurt" | "close" | "unknown"; headline: string; more: string[]; next: string };
  lines: Rows;
  doubts: string[];
  notes: string[];
  asked: number;
  differ: number;
  searched: number;
  found_by: [number, number][];
  models: { original: Rows; compressed: Rows };
  about: Rows;
  settings: Rows;
  classes: Record<string, string>;
  seeds: {
    number: Column;
    source: string[];
    label: Column;
    picture: Column;
    top_original: TopColumns;
    top_compressed: TopColumns;
  };
  pictures: PictureData;
  findings: Columns;
  ways: string[];
  words: { phrases: string[]; numbers: string };
}

// Places of kinds in Finding.kind.
export const NATURAL = 3;
export const KINDS = [
  "the compressed model changed its answer",
  "the original changed its answer",
  "both changed their answers",
  "they differ on the input as it is",
];
export const KIND_NAMES = ["compressed_lost", "original_lost", "both_changed", "natural"];
// Both models prefer their own answer 4 to 1; where an oracle compares, twice as far apart as tolerated.
export const decisive = (run: Run): number => (run.data.labels ? Math.log(4) : 1);

// What a model makes of a label: its probability, and whether it is no more than an upper bound.
export interface Claim {
  label: number;
  p: number;
  bound: boolean;
}

// The most probable labels of a model, the most probable first.
function topOf(columns: TopColumns | undefined, row: number | undefined): Claim[] {
  if (!columns || row === undefined) return [];
  const claims: Claim[] = [];
  for (let i = row * columns.width; i < (row + 1) * columns.width; i++) {
    const label = columns.label[i]!;
    if (label >= 0) claims.push({ label, p: columns.part[i]! / 1e4, bound: false });
  }
  return claims;
}

export class Finding {
  constructor(
    readonly run: Run,
    readonly at: number, // row of the columns, and of the pictures
  ) {}
  private get c(): Columns {
    return this.run.data.findings;
  }
  get seed(): number {
    return this.c.seed[this.at]!;
  }
  get id(): string {
    return `${this.seed}:${this.c.ordinal[this.at]}`;
  }
  get kind(): number {
    return this.c.kind[this.at]!;
  }
  get natural(): boolean {
    return this.kind === NATURAL;
  }
  get seedLabel(): number {
    return this.c.seed_label[this.at]!;
  }
  get original(): number {
    return this.c.label_original[this.at]!;
  }
  get compressed(): number {
    return this.c.label_compressed[this.at]!;
  }
  get severity(): number {
    return this.c.severity[this.at] ?? 0;
  }
  get severityFound(): number {
    return this.c.severity_found?.[this.at] ?? 0;
  }
  get linf(): number {
    return this.c.linf[this.at]!;
  }
  get l2(): number {
    return this.c.l2[this.at]!;
  }
  get ssim(): number {
    return this.c.ssim[this.at]! / 1000;
  }
  get queries(): number {
    return this.c.queries[this.at]!;
  }
  get refineQueries(): number {
    return this.c.refine_queries?.[this.at] ?? 0;
  }
  get tie(): boolean {
    return this.c.tie[this.at] === 1;
  }
  get way(): number {
    return this.c.way[this.at]!;
  }
  get measured(): string {
    return this.c.measured?.[this.at] ?? "";
  }
  get words(): string {
    return this.run.words(this.at);
  }
  get source(): string {
    return this.run.source(this.seed);
  }
  // Pictures of it and of its input; negative: not on the page.
  get picture(): number {
    return this.run.picture(this.at);
  }
  get seedPicture(): number {
    return this.natural ? -1 : this.run.seedPicture(this.seed);
  }
  get trueLabel(): number {
    return this.run.seedLabel(this.seed);
  }

  // The labels likeliest to the original, and to the compressed model: of the finding, and of its input. Empty where a
  // run has not kept them.
  get top(): { original: Claim[]; compressed: Claim[] } {
    return { original: topOf(this.c.top_original, this.at), compressed: topOf(this.c.top_compressed, this.at) };
  }
  get seedTop(): { original: Claim[]; compressed: Claim[] } {
    return this.run.seedTop(this.seed);
  }

  // What the original, and the compressed model, make of both labels.
  claims(): { original: Claim[]; compressed: Claim[] } {
    const c = this.c;
    const part = (column: Column | undefined) => (column?.[this.at] ?? 0) / 1e4;
    const exact = c.exact?.[this.at] ?? 0;
    return {
      original: [
        { label: this.original, p: part(c.p_original), bound: false },
        { label: this.compressed, p: part(c.other_original), bound: (exact & 1) === 0 },
      ],
      compressed: [
        { label: this.original, p: part(c.other_compressed), bound: (exact & 2) === 0 },
        { label: this.compressed, p: part(c.p_compressed), bound: false },
      ],
    };
  }
}

export class Run {
  readonly findings: Finding[];
  private readonly firstNumber: Uint32Array; // of each finding, among words.numbers
  private readonly numbers: string[];
  private readonly pictureOf: Int32Array;
  private readonly seedRow = new Map<number, number>();

  constructor(
    readonly data: RunData,
    readonly place: number, // among the page's runs
  ) {
    this.findings = Array.from({ length: data.findings.count }, (_, at) => new Finding(this, at));
    const blanks = data.words.phrases.map((phrase) => phrase.split("\0").length - 1);
    this.numbers = data.words.numbers.split(" ");
    this.firstNumber = new Uint32Array(data.findings.count);
    let next = 0;
    for (let i = 0; i < data.findings.count; i++) {
      this.firstNumber[i] = next;
      next += blanks[data.findings.phrase[i]!]!;
    }
    let picture = 0;
    this.pictureOf = Int32Array.from({ length: data.findings.count }, (_, at) =>
      data.findings.pictured[at] === "-" || data.pictures.atlases === 0 ? -1 : picture++,
    );
    data.seeds.number.forEach((seed, row) => this.seedRow.set(seed, row));
  }

  // "Rotated by 9.1 degrees"
  words(at: number): string {
    let next = this.firstNumber[at]!;
    const phrase = this.data.words.phrases[this.data.findings.phrase[at]!]!;
    return phrase.replaceAll("\0", () => this.numbers[next++]!);
  }
  picture(at: number): number {
    return this.pictureOf[at]!;
  }
  source(seed: number): string {
    return this.data.seeds.source[this.seedRow.get(seed)!] ?? "";
  }
  seedPicture(seed: number): number {
    return this.data.seeds.picture[this.seedRow.get(seed)!] ?? -1;
  }
  seedTop(seed: number): { original: Claim[]; compressed: Claim[] } {
    const { top_original, top_compressed } = this.data.seeds;
    const row = this.seedRow.get(seed);
    return { original: topOf(top_original, row), compressed: topOf(top_compressed, row) };
  }
  seedLabel(seed: number): number {
    return this.data.seeds.label[this.seedRow.get(seed)!] ?? -1;
  }
  label(label: number): string {
    return this.data.classes[label] ?? String(label);
  }
  pair(finding: Finding): string {
    if (!this.data.labels) return "strays";
    return `${this.label(finding.original)} → ${this.label(finding.compressed)}`;
  }
  way(way: number): string {
    return this.data.ways[way]!.replaceAll("-", " ");
  }
}

export interface PageData {
  runs: Run[];
  profiles: ProfileData[];
  comparisons: ComparisonData[];
}

export async function readPage(): Promise<PageData> {
  const packed = new Blob([bytesIn("data") as BlobPart]).stream();
  const text = await new Response(packed.pipeThrough(new DecompressionStream("deflate"))).text();
  const data = JSON.parse(text) as Omit<PageData, "runs"> & { runs: RunData[] };
  return { ...data, runs: data.runs.map((run, place) => new Run(run, place)) };
}
