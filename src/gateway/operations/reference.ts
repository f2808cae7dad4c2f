import { randomInt } from 'node:crypto';

/** No I, L, O, 0, 1: it is read over the phone. */
const LETTERS = 'ABCDEFGHJKMNPQRSTUVWXYZ23456789';
const HALF = 4;

/** `K7QM-2FXR`: 8·10¹¹ of them, so that two appointments of one business do not meet. */
export function newReference(): string {
  const half = () => Array.from({ length: HALF }, () => LETTERS.charAt(randomInt(LETTERS.length))).join('');
  return `${half()}-${half()}`;
}
