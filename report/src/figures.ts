// Numbers as people read them.

// "12 345", with narrow spaces.
export function grouped(value: number): string {
  return String(Math.round(value)).replace(/\B(?=(\d{3})+(?!\d))/g, " ");
}

// Three digits that tell: "0.0340", "5.70", "12 345".
export function figure(value: number): string {
  if (Number.isInteger(value)) return grouped(value);
  if (Math.abs(value) >= 999.5) return grouped(value);
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
  return value.toFixed(Math.min(digits, 6));
}

// Of a share from 0 to 1.
export function percent(share: number): string {
  if (share > 0 && share < 0.001) return "< 0.1 %";
  if (share > 0.999 && share < 1) return "> 99.9 %";
  return `${(100 * share).toFixed(share >= 0.1 || share === 0 ? 0 : 1)} %`;
}

// What a severity in natural log units means.
export function odds(severity: number): string {
  const ratio = Math.exp(severity);
  if (ratio < 1.05) return "close to a coin toss";
  if (ratio < 10) return `both prefer their answer ${ratio.toFixed(1)} to 1`;
  return ratio < 1e6 ? `both prefer their answer ${grouped(ratio)} to 1` : "both are as sure as can be";
}

export function median(values: number[]): number {
  if (values.length === 0) return 0;
  const sorted = [...values].sort((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return (sorted[Math.floor(middle)]! + sorted[Math.ceil(middle)]!) / 2;
}
