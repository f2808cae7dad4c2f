// Compresses each file of the bundle ahead, so that no request has to wait for it.
import { globSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

/** Text; fonts and pictures are compressed in themselves. Source maps are for the few who look, and wait. */
const WORTH_IT = '**/*.{html,js,css,svg,json}';
/** Smaller files fit into one packet anyway. */
const SMALL_BYTES = 1_000;

const asGzip = promisify(gzip);
const asBrotli = promisify(brotliCompress);

/** Beside `app.js` then lie `app.js.br` and `app.js.gz`, where that is worth it. */
export async function precompress(directory: string): Promise<void> {
  for (const name of globSync(WORTH_IT, { cwd: directory })) {
    const file = path.join(directory, name);
    const content = await readFile(file);
    if (content.length < SMALL_BYTES) continue;
    const brotli = { params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY, [constants.BROTLI_PARAM_SIZE_HINT]: content.length } };
    await writeFile(`${file}.br`, await asBrotli(content, brotli));
    await writeFile(`${file}.gz`, await asGzip(content, { level: constants.Z_BEST_COMPRESSION }));
  }
}
