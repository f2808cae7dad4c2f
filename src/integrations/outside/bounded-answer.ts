import type { IncomingMessage } from 'node:http';
import type { Readable, Transform } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import type { OutsideAnswer, OutsideRefusal } from '../../model/outside.ts';

const UNPACKING: ReadonlyMap<string, () => Transform> = new Map([
  ['gzip', createGunzip],
  ['x-gzip', createGunzip],
  ['deflate', createInflate],
  ['br', createBrotliDecompress],
]);

/** Reads an answer and stops in the middle when it gets too large, packed or unpacked: a megabyte of zeros is a kilobyte on the wire. Never rejects. */
export async function receive(response: IncomingMessage, url: string, mostBytes: number): Promise<OutsideAnswer | OutsideRefusal> {
  const encoding = String(response.headers['content-encoding'] ?? 'identity').toLowerCase();
  const unpack = UNPACKING.get(encoding);
  // Packed in a way that we do not know, or twice: what cannot be measured is not taken.
  if (unpack === undefined && encoding !== 'identity') return 'unreachable';
  const body = await read(unpack === undefined ? response : unpacked(response, unpack()), mostBytes);
  if (typeof body === 'string') return body;
  const headers = Object.fromEntries(Object.entries(response.headers).map(([name, value]) => [name, String(value)]));
  return { status: response.statusCode ?? 0, headers, body, url };
}

/** Like `pipe`, but a failure of the source is one of the result. */
function unpacked(source: IncomingMessage, target: Transform): Readable {
  source.once('error', (failure) => target.destroy(failure));
  return source.pipe(target);
}

async function read(stream: Readable, mostBytes: number): Promise<Buffer | OutsideRefusal> {
  const parts: Buffer[] = [];
  let size = 0;
  try {
    for await (const part of stream as AsyncIterable<Buffer>) {
      size += part.length;
      if (size > mostBytes) return 'too-large';
      parts.push(part);
    }
  } catch {
    // It broke off, or it was not what it said: either way there is no answer.
    return 'unreachable';
  }
  return Buffer.concat(parts);
}
