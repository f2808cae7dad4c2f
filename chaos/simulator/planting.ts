import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { PlantedBug } from './planted-bug.ts';

const PROJECT = path.join(import.meta.dirname, '..', '..');

/** Texts of a bug that its files do not have, or have more than once. */
export function misfits({ edits }: PlantedBug): readonly string[] {
  return edits.flatMap(({ file, find }) => {
    const times = readFileSync(path.join(PROJECT, file), 'utf8').split(find).length - 1;
    return times === 1 ? [] : [`${file} has ${times} times: ${find}`];
  });
}

/** From now on, this thread loads the sources with the bug in them. To be called before any of them is loaded. */
export function plant(bug: PlantedBug): void {
  const wrong = misfits(bug);
  if (wrong.length > 0) throw new Error(`${bug.name} cannot be planted: ${wrong.join('; ')}`);
  registerHooks({
    load(url, context, nextLoad) {
      const loaded = nextLoad(url, context);
      const edits = bug.edits.filter(({ file }) => pathToFileURL(path.join(PROJECT, file)).href === url);
      if (edits.length === 0 || loaded.source === null || loaded.source === undefined) return loaded;
      const text = typeof loaded.source === 'string' ? loaded.source : Buffer.from(loaded.source as Uint8Array).toString('utf8');
      return { ...loaded, source: edits.reduce((source, { find, replace }) => source.replace(find, () => replace), text) };
    },
  });
}
