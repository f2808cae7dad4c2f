// Test files that share a process, one after the other: the sources that each of them would load and warm up by itself are loaded once.
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

/** Beginnings of the paths of files that leave nothing behind in their process. */
const SHARES_A_PROCESS = [
  'test/access/',
  'test/accounts/',
  'test/actors/',
  'test/audit/',
  'test/booking/',
  'test/catalog/',
  'test/gateway/http/',
  'test/gateway/security/',
  'test/gateway/socket/',
  'test/integrations/',
  'test/journal/',
  'test/limits/',
  'test/model/',
  'test/notifications/',
  'test/mail/',
  'test/persistence/',
  'test/protocol/',
];
/** Files that take a minute by themselves, or that measure or break the process they are in. */
const ALONE = /many-nodes|slow-reader|attacks\.test|budgets|http-server|ending\.test|server-pages/;
/** So many take less than a minute together. */
const MOST_IN_ONE = 6;

/** What to run for these files (absolute paths): themselves, or files written to `folder` that import several of them. */
export function together(files: readonly string[], project: string, folder: string): readonly string[] {
  const groups = new Map<string, string[]>();
  const alone: string[] = [];
  for (const file of files) {
    const name = path.relative(project, file).replaceAll(path.sep, '/');
    const place = ALONE.test(name) ? undefined : SHARES_A_PROCESS.find((beginning) => name.startsWith(beginning));
    if (place === undefined) alone.push(file);
    else groups.set(place, [...(groups.get(place) ?? []), name]);
  }
  const shared = [...groups.values()]
    .flatMap((names) => evenly(names))
    .map((names) => (names.length === 1 ? path.join(project, names[0] ?? '') : entryOf(names, project, folder)));
  return [...alone, ...shared];
}

/** In as few parts as there must be, none much smaller than the others. */
function evenly(names: readonly string[]): readonly (readonly string[])[] {
  const parts = Math.ceil(names.length / MOST_IN_ONE);
  return Array.from({ length: parts }, (_, part) => names.filter((_name, index) => index % parts === part));
}

/**
 * A suite for each file, so that its hooks are its own and a failure says which file it is in. One is loaded after the other: a module that two of them
 * import at the same time would be evaluated in one suite for both, with what waits for it.
 */
function entryOf(names: readonly string[], project: string, folder: string): string {
  const files = names.map((name) => [name, pathToFileURL(path.join(project, name)).href]);
  const text = `import { describe } from 'node:test';
for (const [name, url] of ${JSON.stringify(files)}) {
  const { promise, resolve } = Promise.withResolvers();
  describe(name, async () => void (await import(url).finally(resolve)));
  await promise;
}
`;
  const entry = path.join(folder, `${createHash('sha256').update(text).digest('hex').slice(0, 16)}.mjs`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(entry, text);
  return entry;
}
