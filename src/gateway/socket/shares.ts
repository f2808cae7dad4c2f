import type { Source } from '../../limits/big-questions.ts';

/**
 * How much of something scarce each source has, and all together in this process. There is a most for each source, and one for the process: its second half
 * is for sources that have little, so that a few cannot leave nothing for the others.
 */
export class Shares {
  readonly #most: number;
  readonly #little: number;
  readonly #byName = new Map<string, number>();
  #total = 0;

  constructor({ most, little }: { readonly most: number; readonly little: number }) {
    this.#most = most;
    this.#little = little;
  }

  get total(): number {
    return this.#total;
  }

  /** What the narrowest of its names has. */
  of([{ name }]: Source): number {
    return this.#byName.get(name) ?? 0;
  }

  /** Takes, or with a negative number gives back. It is not refused: ask `shortage` first. */
  add(source: Source, amount: number): void {
    this.#total += amount;
    for (const { name } of source) {
      const has = (this.#byName.get(name) ?? 0) + amount;
      if (has > 0) this.#byName.set(name, has);
      else this.#byName.delete(name);
    }
  }

  /**
   * Whose limit is in the way of `more` for this source; `undefined`: none. `process` says what the process has in use and what would be added to it, where that is
   * counted otherwise than the sum.
   */
  shortage(source: Source, more: number, mostPerSource: number, process = { used: this.#total, adds: more }): 'source' | 'process' | undefined {
    const wouldHave = source.map(({ name, factor }) => ((this.#byName.get(name) ?? 0) + more) / factor);
    const has = Math.max(...wouldHave);
    if (has > mostPerSource) return 'source';
    const most = has <= this.#little ? this.#most : this.#most / 2;
    return process.adds > 0 && process.used + process.adds > most ? 'process' : undefined;
  }
}
