// The claims of one calendar, in memory: sorted columns of typed arrays, 26 bytes a claim, so that an idle calendar costs next to nothing.
// A claim is a start, an id, and the number of its shape. A shape is everything else; few differ, so they are counted and shared.
import type { AppointmentStatus } from './appointment-status.ts';
import { lowerBound, valueAt } from './columns.ts';
import type { Instant } from './instant.ts';
import { instant, MINUTE } from './instant.ts';
import { type UuidWords, uuidText, uuidWords } from './uuid-words.ts';

type ClaimTimeKind = 'hold' | 'appointment' | 'block' | 'time-off' | 'external';
/** The service of an appointment or hold; null for blocks. */
type ClaimStatus = AppointmentStatus | 'held' | 'paying';

/** All that a claim has besides its id and its start. */
export type ClaimShape = {
  readonly kind: ClaimTimeKind;
  readonly status: ClaimStatus | null;
  readonly durationMs: number;
  readonly bufferBeforeMinutes: number;
  readonly bufferAfterMinutes: number;
  readonly serviceId: string | null;
  /** Of its own service when it was claimed; 1 is an exclusive slot. */
  readonly capacity: number;
  readonly lane: number;
  readonly seats: number;
  /** Its other calendar: that of the resource, or on that one, of the staff member. Absent: it is on one calendar. */
  readonly along?: string;
};
export type ClaimTime = Omit<ClaimShape, 'durationMs'> & {
  /** A UUID. */
  readonly id: string;
  readonly startsAt: Instant;
  readonly endsAt: Instant;
  /** It was put over others on purpose. For the database alone: in memory it takes its time as any other, and the columns here do not keep it. */
  readonly overlaps?: true;
};

/** 8 bytes of start, 16 of id, 2 of shape. */
const BYTES_PER_CLAIM = 26;
/** An estimate of what V8 needs for one shape and its count. */
const BYTES_PER_SHAPE = 160;
/** The shape column has 16 bits. */
const MOST_SHAPES = 65_536;
/** Columns grow by an eighth, not by half: memory matters more here than the copying, which an insertion into the middle does anyway. */
const LEAST_GROWTH = 8;

export class ClaimTimes {
  #size = 0;
  #starts = new Float64Array(0);
  /** Four words a claim. */
  #ids = new Uint32Array(0);
  #shapeNumbers = new Uint16Array(0);
  readonly #shapes: (ClaimShape | undefined)[] = [];
  /** The number of claims of each shape. Unused shapes are reused. */
  readonly #claimsOfShape: number[] = [];
  #longestMs = 0;
  #longestBufferMs = 0;

  get size(): number {
    return this.#size;
  }

  /** Memory in use, an estimate for the shapes. */
  get bytes(): number {
    return this.#starts.buffer.byteLength + this.#shapes.length * BYTES_PER_SHAPE;
  }

  /** The longest duration of any claim that is here, in milliseconds: how far before a moment a claim that reaches it may start. */
  get longestMs(): number {
    return this.#longestMs;
  }

  /** The largest buffer, before or after, of any claim that is here. */
  get longestBufferMs(): number {
    return this.#longestBufferMs;
  }

  /** Puts a claim in; one with the same id is replaced. Throws TypeError for an id that is not a UUID and RangeError for an interval that does not end after it starts. */
  add(claim: ClaimTime): void {
    const words = uuidWords(claim.id);
    if (words === undefined) throw new TypeError(`the id of a claim must be a UUID, not ${claim.id}`);
    if (!(claim.endsAt > claim.startsAt)) throw new RangeError(`claim ${claim.id} must end after it starts`);
    const present = this.#find(words);
    if (present >= 0) this.#removeAt(present);
    const shapeNumber = this.#takeShape(shapeOf(claim));
    const index = this.indexStartingFrom(claim.startsAt + 1);
    this.#makeRoom();
    this.#starts.copyWithin(index + 1, index, this.#size);
    this.#ids.copyWithin((index + 1) * 4, index * 4, this.#size * 4);
    this.#shapeNumbers.copyWithin(index + 1, index, this.#size);
    this.#starts[index] = claim.startsAt;
    this.#ids.set(words, index * 4);
    this.#shapeNumbers[index] = shapeNumber;
    this.#size += 1;
  }

  remove(id: string): ClaimTime | undefined {
    const index = this.indexOf(id);
    if (index < 0) return undefined;
    const claim = this.claimAt(index);
    this.#removeAt(index);
    return claim;
  }

  get(id: string): ClaimTime | undefined {
    const index = this.indexOf(id);
    return index < 0 ? undefined : this.claimAt(index);
  }

  /** Claims that share a moment with the half-open [from, to), by start. Buffers do not count. */
  overlapping(from: Instant, to: Instant): ClaimTime[] {
    const found: ClaimTime[] = [];
    for (let index = this.indexReaching(from); index < this.#size && this.startAt(index) < to; index += 1) {
      if (this.startAt(index) + this.shapeAt(index).durationMs > from) found.push(this.claimAt(index));
    }
    return found;
  }

  /** Drops the claims that end at or before `at`, and returns how many. */
  forgetBefore(at: Instant): number {
    const candidates = this.indexStartingFrom(at);
    let kept = 0;
    for (let index = 0; index < candidates; index += 1) {
      if (this.startAt(index) + this.shapeAt(index).durationMs <= at) this.#releaseShape(valueAt(this.#shapeNumbers, index));
      else this.#move(index, kept++);
    }
    const dropped = candidates - kept;
    if (dropped === 0) return 0;
    this.#starts.copyWithin(kept, candidates, this.#size);
    this.#ids.copyWithin(kept * 4, candidates * 4, this.#size * 4);
    this.#shapeNumbers.copyWithin(kept, candidates, this.#size);
    this.#size -= dropped;
    this.#resize(this.#size + LEAST_GROWTH);
    this.#measure();
    return dropped;
  }

  /** Position of a claim in the order of starts, or -1. Positions hold until the next change. */
  indexOf(id: string): number {
    const words = uuidWords(id);
    return words === undefined ? -1 : this.#find(words);
  }

  /** The first position that starts at or after `at`. */
  indexStartingFrom(at: number): number {
    return lowerBound(this.#starts, this.#size, at);
  }

  /** A position before which nothing ends after `at`. */
  indexReaching(at: number): number {
    return this.indexStartingFrom(at - this.#longestMs);
  }

  startAt(index: number): number {
    return valueAt(this.#starts, index);
  }

  shapeAt(index: number): ClaimShape {
    const shape = this.#shapes[valueAt(this.#shapeNumbers, index)];
    if (shape === undefined) throw new RangeError(`the claim at ${index} has no shape`);
    return shape;
  }

  claimAt(index: number): ClaimTime {
    const { durationMs, ...shape } = this.shapeAt(index);
    const startsAt = this.startAt(index);
    return { ...shape, id: uuidText(this.#ids, index * 4), startsAt: instant(startsAt), endsAt: instant(startsAt + durationMs) };
  }

  #find(words: UuidWords): number {
    const fourth = words[3];
    const ids = this.#ids;
    // The last word first: it is random in every version of UUID, so what is found is nearly always the claim. The runtime compares many words at once.
    for (let last = ids.indexOf(fourth, 3); last >= 0; last = ids.indexOf(fourth, last + 1)) {
      const index = last >> 2;
      if (index >= this.#size) return -1;
      if (last % 4 === 3 && ids[last - 1] === words[2] && ids[last - 2] === words[1] && ids[last - 3] === words[0]) return index;
    }
    return -1;
  }

  #removeAt(index: number): void {
    const shapeNumber = valueAt(this.#shapeNumbers, index);
    this.#starts.copyWithin(index, index + 1, this.#size);
    this.#ids.copyWithin(index * 4, (index + 1) * 4, this.#size * 4);
    this.#shapeNumbers.copyWithin(index, index + 1, this.#size);
    this.#size -= 1;
    if (this.#releaseShape(shapeNumber)) this.#measure();
  }

  #move(from: number, to: number): void {
    if (from === to) return;
    this.#starts[to] = valueAt(this.#starts, from);
    this.#ids.copyWithin(to * 4, from * 4, from * 4 + 4);
    this.#shapeNumbers[to] = valueAt(this.#shapeNumbers, from);
  }

  #makeRoom(): void {
    if (this.#size === this.#starts.length) this.#resize(this.#size + Math.max(LEAST_GROWTH, this.#size >> 3));
  }

  #resize(capacity: number): void {
    const buffer = new ArrayBuffer(capacity * BYTES_PER_CLAIM);
    const starts = new Float64Array(buffer, 0, capacity);
    const ids = new Uint32Array(buffer, capacity * 8, capacity * 4);
    const shapeNumbers = new Uint16Array(buffer, capacity * 24, capacity);
    starts.set(this.#starts.subarray(0, this.#size));
    ids.set(this.#ids.subarray(0, this.#size * 4));
    shapeNumbers.set(this.#shapeNumbers.subarray(0, this.#size));
    this.#starts = starts;
    this.#ids = ids;
    this.#shapeNumbers = shapeNumbers;
  }

  #takeShape(shape: ClaimShape): number {
    const known = this.#shapes.findIndex((other) => other !== undefined && isSameShape(other, shape));
    if (known >= 0) {
      this.#claimsOfShape[known] = valueAt(this.#claimsOfShape, known) + 1;
      return known;
    }
    const free = this.#shapes.indexOf(undefined);
    const shapeNumber = free >= 0 ? free : this.#shapes.length;
    if (shapeNumber >= MOST_SHAPES) throw new RangeError(`a calendar holds claims of at most ${MOST_SHAPES} shapes`);
    this.#shapes[shapeNumber] = shape;
    this.#claimsOfShape[shapeNumber] = 1;
    this.#measure();
    return shapeNumber;
  }

  /** True when that was the last claim of its shape. */
  #releaseShape(shapeNumber: number): boolean {
    const left = valueAt(this.#claimsOfShape, shapeNumber) - 1;
    this.#claimsOfShape[shapeNumber] = left;
    if (left > 0) return false;
    this.#shapes[shapeNumber] = undefined;
    while (this.#shapes.length > 0 && this.#shapes.at(-1) === undefined) this.#shapes.pop();
    return true;
  }

  #measure(): void {
    this.#longestMs = 0;
    this.#longestBufferMs = 0;
    for (const shape of this.#shapes) {
      if (shape === undefined) continue;
      const { durationMs, bufferBeforeMinutes, bufferAfterMinutes } = shape;
      this.#longestMs = Math.max(this.#longestMs, durationMs);
      this.#longestBufferMs = Math.max(this.#longestBufferMs, bufferBeforeMinutes * MINUTE, bufferAfterMinutes * MINUTE);
    }
  }
}

function shapeOf(claim: ClaimTime): ClaimShape {
  const { kind, status, startsAt, endsAt, bufferBeforeMinutes, bufferAfterMinutes, serviceId, capacity, lane, seats, along } = claim;
  const shape = { kind, status, durationMs: endsAt - startsAt, bufferBeforeMinutes, bufferAfterMinutes, serviceId, capacity, lane, seats };
  return along === undefined ? shape : { ...shape, along };
}

function isSameShape(one: ClaimShape, other: ClaimShape): boolean {
  return (
    one.durationMs === other.durationMs &&
    one.kind === other.kind &&
    one.status === other.status &&
    one.serviceId === other.serviceId &&
    one.lane === other.lane &&
    one.seats === other.seats &&
    one.capacity === other.capacity &&
    one.along === other.along &&
    one.bufferBeforeMinutes === other.bufferBeforeMinutes &&
    one.bufferAfterMinutes === other.bufferAfterMinutes
  );
}
