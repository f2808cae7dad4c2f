// How many segments a text takes, which is what providers charge. Pure.
//
// 3GPP TS 23.038: 6.2.1 has the alphabet, 6.2.1.1 its extension, whose characters take two septets. 3GPP TS 23.040, 9.2.3.24.1: each part of a longer message has a header of
// six octets, which leaves 153 septets of 160, or 67 UTF-16 units of 70. A character of two is never divided between parts.

const BASIC = new Set('@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà');
const EXTENDED = new Set('\f^{}\\[~]|€');
const SEPTETS = { alone: 160, part: 153 } as const;
const UNITS = { alone: 70, part: 67 } as const;

/** Typographic characters that have a plain twin in the alphabet: one of them would make the whole text UCS-2, and more than twice as long. */
const PLAIN: readonly (readonly [RegExp, string])[] = [
  [/[\u2018\u2019\u201a\u2032]/g, "'"],
  [/[\u201c\u201d\u201e\u00ab\u00bb]/g, '"'],
  [/[\u2010-\u2015\u2212]/g, '-'],
  [/\u2026/g, '...'],
  [/[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]/g, ' '],
];

export function plainText(text: string): string {
  return PLAIN.reduce((plain, [pattern, twin]) => plain.replaceAll(pattern, twin), text);
}

export function segmentsOf(text: string): number {
  const characters = [...text];
  const isGsm = characters.every((character) => BASIC.has(character) || EXTENDED.has(character));
  const sizes = characters.map((character) => (isGsm ? (EXTENDED.has(character) ? 2 : 1) : character.length));
  const { alone, part } = isGsm ? SEPTETS : UNITS;
  if (sizes.reduce((sum, size) => sum + size, 0) <= alone) return 1;
  let segments = 1;
  let room: number = part;
  for (const size of sizes) {
    if (size > room) {
      segments += 1;
      room = part;
    }
    room -= size;
  }
  return segments;
}
