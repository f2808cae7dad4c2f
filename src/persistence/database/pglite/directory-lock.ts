// One process to a data directory. PGlite has no lock of its own, and two processes on one directory lose committed rows.
import { createHash } from 'node:crypto';
import { closeSync, mkdirSync, openSync, realpathSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { codeOf, DirectoryUnusable, messageOf } from './unusable-directory.ts';

export class DirectoryInUse extends Error {
  override readonly name = 'DirectoryInUse';
  readonly directory: string;

  constructor(directory: string, cause?: unknown) {
    super(`The data directory ${directory} is in use by another process. Stop that one first, or choose another directory.`, { cause });
    this.directory = directory;
  }
}

export type DirectoryLock = AsyncDisposable;

/**
 * Makes the directory when it is not there and takes it. The kernel gives it back when this process ends, however it ends; a frozen holder keeps it.
 * On Linux by two locks, as each knows a case that the other does not: the file lock is also seen by containers that share the
 * directory, the socket cannot be lost to code that happens to open and close the lock's file.
 */
export async function lockDirectory(directory: string): Promise<DirectoryLock> {
  const place = makeDirectory(directory);
  await using locks = new AsyncDisposableStack();
  if (process.platform === 'linux') locks.use(await lockBySocket(place));
  locks.use(lockByFile(place));
  return locks.move();
}

function makeDirectory(directory: string): string {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    return realpathSync(directory);
  } catch (error) {
    throw new DirectoryUnusable(codeOf(error) === 'EEXIST' ? `${directory} is a file.` : `${directory} cannot be created (${messageOf(error)}).`, {
      cause: error,
    });
  }
}

/** A socket in Linux's abstract namespace, named after the place: no file that could be left behind. Names are limited to 107 bytes, hence the hash. */
export async function lockBySocket(place: string): Promise<DirectoryLock> {
  const server = createServer((socket) => socket.destroy());
  const name = `\0slotkeeper-${createHash('sha256').update(place).digest('hex')}`;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(error.code === 'EADDRINUSE' ? new DirectoryInUse(place, error) : error));
    server.listen(name, resolve);
  });
  server.unref();
  return {
    [Symbol.asyncDispose]: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}

/** On every system: the exclusive file lock of an SQLite database that is never written to. */
export function lockByFile(place: string): DirectoryLock {
  const file = openLockFile(place);
  try {
    file.exec('begin exclusive');
  } catch (error) {
    file.close();
    const busy = error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY;
    throw busy
      ? new DirectoryInUse(place, error)
      : new DirectoryUnusable(`the file "lock" in ${place} cannot be locked (${messageOf(error)}).`, { cause: error });
  }
  return {
    async [Symbol.asyncDispose]() {
      file.close();
    },
  };
}

function openLockFile(place: string): DatabaseSync {
  try {
    return new DatabaseSync(join(place, 'lock'), { timeout: 0 });
  } catch (error) {
    // SQLite does not say why, so the file is opened once more by hand, which does.
    throw new DirectoryUnusable(`${place} cannot be written to (${whyNotWritten(join(place, 'lock')) ?? messageOf(error)}).`, { cause: error });
  }
}

function whyNotWritten(path: string): string | undefined {
  try {
    closeSync(openSync(path, 'a', 0o600));
    return undefined;
  } catch (error) {
    return messageOf(error);
  }
}

const SQLITE_BUSY = 5;
