// Arrays as parameters in PostgreSQL's binary form, all of a call in one buffer. Nothing has to be quoted here, and nothing to be searched for quotes there.
import { uuidWords } from '../../model/uuid-words.ts';

/** What an element is, by the number of its type in every PostgreSQL. */
export const ELEMENT_TYPES = { boolean: 16, int8: 20, int4: 23, text: 25, uuid: 2950 } as const;
type ElementType = (typeof ELEMENT_TYPES)[keyof typeof ELEMENT_TYPES];

/** Dimensions, whether there are nulls, type of the elements, length, and the number of the first element. */
const HEADER_BYTES = 20;
const NULL_LENGTH = -1;
/** Of a UTF-16 unit in UTF-8. */
const MOST_BYTES_A_UNIT = 3;
/** Up to here a loop is quicker than a call of the runtime's encoder. */
const SHORT_TEXT = 48;
const WORD = 2 ** 32;
const INT4_LEAST = -(2 ** 31);
const INT4_MOST = 2 ** 31 - 1;

/** Writes one array after the other. Throws TypeError for a value that is not of the type. */
export class ArrayWriter {
  #bytes: Buffer;
  #view: DataView;
  #at = 0;
  /** Where the array begins that is being written. */
  #start = 0;

  /** `size`: bytes that are enough, by experience; it grows. */
  constructor(size: number) {
    this.#bytes = Buffer.allocUnsafeSlow(size);
    this.#view = new DataView(this.#bytes.buffer);
  }

  /** Bytes of all arrays so far. */
  get size(): number {
    return this.#at;
  }

  begin(type: ElementType, length: number): void {
    this.#need(HEADER_BYTES);
    this.#start = this.#at;
    this.#word(length === 0 ? 0 : 1);
    this.#word(0);
    this.#word(type);
    if (length === 0) return;
    this.#word(length);
    this.#word(1);
  }

  /** The array, which is not to be changed any more. */
  end(): Buffer {
    return this.#bytes.subarray(this.#start, this.#at);
  }

  null(): void {
    this.#need(4);
    this.#view.setInt32(this.#start + 4, 1);
    this.#word(NULL_LENGTH);
  }

  boolean(value: boolean): void {
    this.#need(5);
    this.#word(1);
    this.#bytes[this.#at] = value ? 1 : 0;
    this.#at += 1;
  }

  int4(value: number): void {
    if (!Number.isInteger(value) || value < INT4_LEAST || value > INT4_MOST) throw new TypeError(`${value} is not an int4`);
    this.#need(8);
    this.#word(4);
    this.#word(value);
  }

  int8(value: number): void {
    if (!Number.isSafeInteger(value)) throw new TypeError(`${value} is not an int8 that can be told exactly`);
    this.#need(12);
    this.#word(8);
    this.#word(Math.floor(value / WORD));
    this.#word(value);
  }

  uuid(text: string): void {
    const words = uuidWords(text);
    if (words === undefined) throw new TypeError('a text is not a UUID');
    this.#need(20);
    this.#word(16);
    for (const word of words) this.#word(word);
  }

  text(text: string): void {
    this.#need(4 + text.length * MOST_BYTES_A_UNIT);
    const from = this.#at + 4;
    const length = this.#ascii(text, from) ?? this.#bytes.write(text, from);
    this.#word(length);
    this.#at += length;
  }

  /** Bytes written. `undefined`: it is longer than a loop is good for, or there are other characters in it. */
  #ascii(text: string, from: number): number | undefined {
    if (text.length > SHORT_TEXT) return undefined;
    for (let index = 0; index < text.length; index += 1) {
      const code = text.charCodeAt(index);
      if (code > 127) return undefined;
      this.#bytes[from + index] = code;
    }
    return text.length;
  }

  #word(value: number): void {
    this.#view.setInt32(this.#at, value);
    this.#at += 4;
  }

  /** What was handed out keeps the bytes that it has. */
  #need(bytes: number): void {
    if (this.#at + bytes <= this.#bytes.length) return;
    const grown = Buffer.allocUnsafeSlow((this.#at + bytes) * 2);
    this.#bytes.copy(grown, 0, 0, this.#at);
    this.#bytes = grown;
    this.#view = new DataView(grown.buffer);
  }
}
