// Bytes out of text of seven bits a character; src/page/seven_bits.h says how they got there.

// What a script element of the page holds.
export function bytesIn(id: string): Uint8Array {
  const element = document.getElementById(id)!;
  return bytesOf(element.textContent!, Number(element.dataset.bytes));
}

const UNFIT = [0, 13, 60];
const FIRST_PAIR = 0x100;

function bytesOf(text: string, size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  let held = 0;
  let bits = 0;
  let at = 0;
  const push = (seven: number) => {
    held = ((held << 7) | seven) & 0x7fff;
    bits += 7;
    if (bits < 8) return;
    bits -= 8;
    if (at < size) bytes[at++] = (held >> bits) & 0xff;
  };
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < FIRST_PAIR) {
      push(code);
      continue;
    }
    push(UNFIT[(code - FIRST_PAIR) >> 7]!);
    push((code - FIRST_PAIR) & 0x7f);
  }
  return bytes;
}
