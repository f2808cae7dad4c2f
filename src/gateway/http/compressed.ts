// What is sent compressed: long answers of the API as they are made, and files of the bundle as they were compressed beforehand.
import { globSync } from 'node:fs';
import { extname } from 'node:path';
import { constants } from 'node:zlib';
import compression from 'compression';
import type { Request, RequestHandler, Response } from 'express';

/** A shorter answer is one packet either way. */
const SHORT_BYTES = 1_400;
/** Three quarters of what the best gains, in a twentieth of its time. */
const BROTLI_QUALITY = 4;
/** The best first. */
const ENDINGS = { br: '.br', gzip: '.gz' } as const;

/**
 * Compresses long answers to reads, off the event loop. Not what writes are answered, where tokens are, so that an attacker cannot learn one from the length of a reply
 * with a text of their own in it; and not what has an `ETag`, which names the bytes that are sent.
 */
export function compressedAnswers(): RequestHandler {
  return compression({
    threshold: SHORT_BYTES,
    brotli: { params: { [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY } },
    filter: (request, response) => request.method === 'GET' && !response.hasHeader('ETag') && compression.filter(request, response),
  });
}

/** The name of a file to send in its place, where the browser takes it compressed and it is there so; the answer then says so. */
export type CompressedFile = (request: Request, response: Response, file: string) => string;

/** Of a bundle, whose files do not change while it is served. Names are as in an address, without the slash in front. */
export function compressedFilesOf(directory: string): CompressedFile {
  const there = new Set(globSync('**/*.{br,gz}', { cwd: directory }).map((name) => name.replaceAll('\\', '/')));
  return (request, response, file) => {
    const offered = Object.entries(ENDINGS).filter(([, ending]) => there.has(file + ending));
    if (offered.length === 0) return file;
    response.vary('Accept-Encoding');
    const taken = offered.find(([encoding]) => request.acceptsEncodings(encoding) !== false);
    if (taken === undefined) return file;
    const [encoding, ending] = taken;
    response.setHeader('Content-Encoding', encoding);
    response.type(extname(file));
    return file + ending;
  };
}
