// Fresh PGlite databases in a fraction of a second: made and migrated once per version of the sources, then copied.
import { execFile } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { cpSync, existsSync, globSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { openDatabase } from '../../src/persistence/database/open-database.ts';
import { clockAheadMs, machineClockSettings, realNow } from './clock.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** Shared by all test processes; goes away with `npm ci`. */
const TEMPLATES = join(ROOT, 'node_modules', '.cache', 'slotkeeper-pglite');
const TEMPLATE_LIFE_MS = 24 * 3_600_000;

export type TestDirectory = AsyncDisposable & { /** For `openDatabase({ kind: 'pglite', directory })`. */ readonly directory: string };

/** A data directory with an up-to-date, otherwise empty database in it. Dispose it after the database that was opened on it. */
export async function freshPgliteDirectory(): Promise<TestDirectory> {
  const template = await migratedTemplate();
  const directory = mkdtempSync(join(tmpdir(), 'slotkeeper-pglite-'));
  cpSync(template, directory, { recursive: true });
  return {
    directory,
    async [Symbol.asyncDispose]() {
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

async function migratedTemplate(): Promise<string> {
  const template = join(TEMPLATES, sourceFingerprint());
  if (existsSync(template)) return template;
  if (clockAheadMs !== 0) {
    // A database says when it was made, and it must not be in the future of the tests of other days.
    await promisify(execFile)(process.execPath, [import.meta.filename], { env: { ...process.env, ...machineClockSettings() } });
    return template;
  }
  mkdirSync(TEMPLATES, { recursive: true });
  removeOldTemplates();
  const unfinished = `${template}.${randomUUID()}`;
  const database = await openDatabase({ kind: 'pglite', directory: unfinished });
  await database[Symbol.asyncDispose]();
  try {
    renameSync(unfinished, template);
  } catch (error) {
    // Another test process was faster.
    rmSync(unfinished, { recursive: true, force: true });
    if (!existsSync(template)) throw error;
  }
  return template;
}

/** Whatever decides what is in an empty database. */
function sourceFingerprint(): string {
  const hash = createHash('sha256');
  for (const library of ['@electric-sql/pglite', 'pg-boss']) hash.update(readFileSync(join(ROOT, 'node_modules', library, 'package.json')));
  const sources = ['migrations', 'journal', 'jobs'].flatMap((folder) => globSync(`src/persistence/${folder}/*.ts`, { cwd: ROOT })).sort();
  for (const source of sources) hash.update(readFileSync(join(ROOT, source)));
  return hash.digest('hex').slice(0, 16);
}

function removeOldTemplates(): void {
  for (const name of readdirSync(TEMPLATES)) {
    const path = join(TEMPLATES, name);
    if (realNow() - statSync(path).mtimeMs > TEMPLATE_LIFE_MS) rmSync(path, { recursive: true, force: true });
  }
}

if (import.meta.main) await migratedTemplate();
