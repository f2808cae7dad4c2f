// Bundles the pages if their sources have changed, so that one command starts a fresh clone.
import { createHash, randomUUID } from 'node:crypto';
import { existsSync, globSync } from 'node:fs';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { precompress } from './precompress.ts';

const PROJECT = path.join(import.meta.dirname, '..');
const OUTPUT = path.join(PROJECT, 'dist', 'web');
/** Everything a page can be made of. The lockfile stands for the packages. */
const SOURCES = ['web/**/*', 'src/protocol/**/*', 'src/model/**/*', 'tsconfig.json', 'package-lock.json'];
/** Inside the output, so that it is replaced together with the pages; a dotfile, so that it is not served. */
const STAMP = '.sources';

/**
 * The directory of the bundled pages, bundled first if they are missing or were made of other sources.
 * Several processes may do this at once: each bundles into a directory of its own and then moves it into place.
 * Throws what the bundler throws when a page cannot be bundled.
 */
export async function buildWebIfNeeded(): Promise<string> {
  const sources = await hashOfSources();
  if ((await stampOf(OUTPUT)) === sources) return OUTPUT;
  const draft = path.join(PROJECT, 'dist', `web-${randomUUID()}`);
  try {
    const { build } = await import('vite');
    await build({ configFile: path.join(PROJECT, 'web', 'vite.config.ts'), logLevel: 'warn', build: { outDir: draft } });
    await precompress(draft);
    await writeFile(path.join(draft, STAMP), sources);
    await putIntoPlace(draft, sources);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
  return OUTPUT;
}

async function hashOfSources(): Promise<string> {
  const files = globSync(SOURCES, { cwd: PROJECT, withFileTypes: true }).filter((entry) => entry.isFile());
  const names = files.map((entry) => path.join(entry.parentPath, entry.name)).sort();
  const hash = createHash('sha256');
  for (const name of names) hash.update(`${path.relative(PROJECT, name)}\0`).update(await readFile(name));
  return hash.digest('hex');
}

async function stampOf(directory: string): Promise<string | undefined> {
  const stamp = path.join(directory, STAMP);
  return existsSync(stamp) ? await readFile(stamp, 'utf8') : undefined;
}

/** A directory cannot be renamed onto another, so the old one is moved away first. A second process may find the work done. */
async function putIntoPlace(draft: string, sources: string): Promise<void> {
  const aside = `${draft}-old`;
  try {
    if (existsSync(OUTPUT)) await rename(OUTPUT, aside);
    await rename(draft, OUTPUT);
  } catch (cause) {
    if ((await stampOf(OUTPUT)) !== sources) throw new Error('the bundled pages could not be put into place', { cause });
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
}
