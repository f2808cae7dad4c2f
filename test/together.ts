// Test files that share a process, one after the other: the sources that each of them would load and warm up by itself are loaded once.
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

/** Beginnings of the paths of files that leave nothing behind in their process. Those in one line share it with each other. */
const SHARES_A_PROCESS: readonly (readonly string[])[] = [
  ['test/access/'],
  ['test/accounts/'],
  ['test/actors/'],
  ['test/audit/'],
  ['test/booking/'],
  ['test/catalog/'],
  ['test/gateway/http/'],
  ['test/gateway/security/'],
  ['test/gateway/socket/'],
  ['test/integrations/'],
  ['test/journal/'],
  ['test/limits/'],
  ['test/model/'],
  ['test/notifications/'],
  ['test/mail/'],
  ['test/persistence/'],
  ['test/protocol/'],
  ['test/web/'],
  ['test/messages/'],
  ['test/payments/', 'test/webhooks/', 'test/jobs/', 'test/settings/', 'test/customers/', 'test/consumers/', 'test/calendars-in-and-out/'],
  ['test/insights/', 'test/wiring/', 'test/demo/', 'test/support/'],
];
/** Files that take a minute by themselves, that wait most of their time, or that measure or break the process they are in. */
const ALONE = /many-nodes|slow-reader|attacks\.test|security\/budgets|http-server|ending\.test|server-pages|out\/calendars\.|messages\/sms\.|-kill\.|roll-up/;
/** So many take less than a minute together; of pages, which have a browser to wait for, two minutes. */
const MOST_IN_ONE = 6;

/** `names`: the files, as paths in the project; `file`: what runs them, one after the other. */
export type Together = { readonly file: string; readonly names: readonly string[] };

/** What to run for these files (absolute paths): themselves, or files written to `folder` that import several of them. */
export function together(files: readonly string[], project: string, folder: string): readonly Together[] {
  const groups = new Map<readonly string[], string[]>();
  const alone: string[] = [];
  for (const file of files) {
    const name = path.relative(project, file).replaceAll(path.sep, '/');
    const place = ALONE.test(name) ? undefined : SHARES_A_PROCESS.find((beginnings) => beginnings.some((beginning) => name.startsWith(beginning)));
    if (place === undefined) alone.push(name);
    else groups.set(place, [...(groups.get(place) ?? []), name]);
  }
  return [...alone.map((name) => [name]), ...[...groups.values()].flatMap(evenly)].map((names) => ({
    file: names.length === 1 ? path.join(project, names[0] ?? '') : entryOf(names, project, folder),
    names,
  }));
}

/** In as few parts as there must be, none much smaller than the others. */
function evenly(names: readonly string[]): readonly (readonly string[])[] {
  const parts = Math.ceil(names.length / MOST_IN_ONE);
  return Array.from({ length: parts }, (_, part) => names.filter((_name, index) => index % parts === part));
}

/**
 * A suite for each file, so that its hooks and its deadline are its own and a failure says which file it is in. One is loaded after the other: a module that two of them
 * import at the same time would be evaluated in one suite for both, with what waits for it.
 */
function entryOf(names: readonly string[], project: string, folder: string): string {
  const files = names.map((name) => [name, pathToFileURL(path.join(project, name)).href]);
  const deadline = pathToFileURL(path.join(project, 'test/file-deadline.ts')).href;
  const text = `import { before, describe } from 'node:test';
import { restartDeadline } from ${JSON.stringify(deadline)};
for (const [name, url] of ${JSON.stringify(files)}) {
  const { promise, resolve } = Promise.withResolvers();
  describe(name, async () => {
    before(restartDeadline);
    await import(url).finally(resolve);
  });
  await promise;
}
`;
  const entry = path.join(folder, `${createHash('sha256').update(text).digest('hex').slice(0, 16)}.mjs`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(entry, text);
  return entry;
}
