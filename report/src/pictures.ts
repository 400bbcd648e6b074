// Pictures of a run: unpacked when somebody looks, and kept for a while.
import type { Finding, Run } from "./data";
import { bytesIn } from "./seven_bits";

const KEPT = 96; // atlases; a quarter of a megabyte each, or one large picture

// Until all of the page has arrived, pictures may not be there yet.
const arrived = new Promise<void>((done) => {
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", () => done());
  else done();
});

export class Pictures {
  private readonly atlases = new Map<number, Promise<ImageBitmap>>();
  private readonly scratch: CanvasRenderingContext2D;
  readonly width: number;
  readonly height: number;

  constructor(private readonly run: Run) {
    this.width = run.data.pictures.width;
    this.height = run.data.pictures.height;
    const canvas = document.createElement("canvas");
    canvas.width = Math.max(1, this.width);
    canvas.height = Math.max(1, this.height);
    this.scratch = canvas.getContext("2d", { willReadFrequently: true })!;
  }

  // Draws input, finding and their difference beside each other; those that are not there stay empty.
  async draw(finding: Finding, canvas: HTMLCanvasElement): Promise<void> {
    if (finding.picture < 0) return;
    const seed = finding.seedPicture < 0 ? null : await this.pixels(finding.seedPicture);
    const found = await this.pixels(finding.picture);
    const context = canvas.getContext("2d");
    if (!context || canvas.dataset.of !== finding.id) return; // shows another by now
    const step = this.width + gap(this.width);
    if (finding.natural) {
      context.putImageData(found, 0, 0);
      return;
    }
    if (seed) context.putImageData(seed, 0, 0);
    context.putImageData(found, step, 0);
    if (seed) context.putImageData(difference(seed, found, gain(finding)), 2 * step, 0);
  }

  private async pixels(picture: number): Promise<ImageData> {
    const { per_atlas, columns } = this.run.data.pictures;
    const atlas = await this.atlas(Math.floor(picture / per_atlas));
    const place = picture % per_atlas;
    const x = (place % columns) * this.width;
    const y = Math.floor(place / columns) * this.height;
    this.scratch.drawImage(atlas, x, y, this.width, this.height, 0, 0, this.width, this.height);
    return this.scratch.getImageData(0, 0, this.width, this.height);
  }

  private atlas(number: number): Promise<ImageBitmap> {
    const kept = this.atlases.get(number);
    this.atlases.delete(number);
    const atlas = kept ?? this.unpacked(number);
    this.atlases.set(number, atlas); // used last
    if (this.atlases.size > KEPT) this.atlases.delete(this.atlases.keys().next().value!);
    return atlas;
  }

  private async unpacked(number: number): Promise<ImageBitmap> {
    await arrived;
    const bytes = bytesIn(`p${this.run.place}-${number}`);
    const options: ImageBitmapOptions = { colorSpaceConversion: "none", premultiplyAlpha: "none" };
    return createImageBitmap(new Blob([bytes as BlobPart], { type: "image/webp" }), options);
  }
}

export function gap(width: number): number {
  return Math.max(1, Math.round(width / 16));
}

// By how much a difference is amplified: the largest one reaches the end of the scale.
export function gain(finding: Finding): number {
  return finding.linf > 0 ? Math.max(1, Math.floor(127 / finding.linf)) : 1;
}

// Mid grey where nothing changed; brighter and darker where the finding is.
function difference(seed: ImageData, found: ImageData, by: number): ImageData {
  const image = new ImageData(seed.width, seed.height);
  const to = image.data;
  for (let i = 0; i < to.length; i++) to[i] = (i & 3) === 3 ? 255 : 128 + by * (found.data[i]! - seed.data[i]!);
  return image;
}
