// Why a data directory cannot be used, in a sentence for the person who chose it. What is not a database of ours is never written to.
import { type Dirent, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The major version of PostgreSQL that PGlite is, as it writes it into `PG_VERSION` of every cluster. */
const PGLITE_MAJOR = '18';

export class DirectoryUnusable extends Error {
  override readonly name = 'DirectoryUnusable';

  /** `reason` names the place. */
  constructor(reason: string, options?: ErrorOptions) {
    super(`The data directory cannot be used: ${reason}`, options);
  }
}

/** Of WASI, which is what the engine's file system says. Only what a directory can be the reason of. */
const ENGINE_WORDS: ReadonlyMap<unknown, string> = new Map([
  [2, 'no permission (EACCES)'],
  [29, 'the disk does not work (EIO)'],
  [44, 'a file is missing (ENOENT)'],
  [51, 'the disk is full (ENOSPC)'],
  [54, 'a file is where a folder should be (ENOTDIR)'],
  [63, 'not permitted (EPERM)'],
  [69, 'it can only be read (EROFS)'],
]);

/** What the engine's thread failed with: an error, or the number of one that crossed from its file system. */
export function engineWords(failure: unknown): string {
  if (failure instanceof Error) return failure.message;
  const errno = typeof failure === 'object' && failure !== null && 'errno' in failure ? failure.errno : undefined;
  return ENGINE_WORDS.get(errno) ?? (errno === undefined ? String(failure) : `error ${errno} of the file system`);
}

/** Throws DirectoryUnusable unless the folder for the cluster is not there, is empty, or holds a cluster of this version of PGlite. */
export function refuseForeignCluster(place: string): void {
  const entries = listed(place);
  if (entries.length === 0) return;
  const isCluster = entries.some((entry) => entry.name === 'PG_VERSION' && entry.isFile());
  if (!isCluster) throw new DirectoryUnusable(`${place} does not hold a Slotkeeper database. Choose another directory.`);
  const version = readFileSync(join(place, 'PG_VERSION'), 'utf8').trim();
  if (version !== PGLITE_MAJOR)
    throw new DirectoryUnusable(`${place} holds a database of PostgreSQL ${JSON.stringify(version.slice(0, 20))}, and PGlite is ${PGLITE_MAJOR}.`);
}

function listed(place: string): readonly Dirent[] {
  try {
    return readdirSync(place, { withFileTypes: true });
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return [];
    throw new DirectoryUnusable(codeOf(error) === 'ENOTDIR' ? `${place} is not a directory.` : messageOf(error), { cause: error });
  }
}

export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined;
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
