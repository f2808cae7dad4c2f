// With what the programs of this folder end, and what they say last when something they need cannot be had.
import { SqlFailure } from './persistence/database/database.ts';
import { DirectoryInUse } from './persistence/database/pglite/directory-lock.ts';
import { DirectoryUnusable } from './persistence/database/pglite/unusable-directory.ts';

/** sysexits(3): wrong arguments; something needed is not available; end and be started again; the settings are wrong. */
export const EXIT_USAGE = 64;
export const EXIT_UNAVAILABLE = 69;
export const EXIT_LOST = 75;
export const EXIT_CONFIG = 78;

/** The system's words for an address or a directory that cannot be had. */
const NOT_TO_BE_HAD = ['EADDRINUSE', 'EADDRNOTAVAIL', 'ENOTFOUND', 'EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'ENOSPC'];
/** No connection, not let in, no such database, no right to what is in it, only to be read, out of resources, starting up or shutting down: what its administrator can change. */
const NOT_TO_BE_USED = /^(08|28|3D|25006|42501|53|57)/;

/** What is needed and not there, such as an address that belongs to another process: nothing that a stack trace explains. `undefined`: another fault. */
export function whatIsUnavailable(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if (error instanceof DirectoryInUse || error instanceof DirectoryUnusable) return error.message;
  const code = 'code' in error ? String(error.code) : '';
  if (NOT_TO_BE_HAD.includes(code)) return error.message;
  if (error instanceof SqlFailure && error.sqlState === null) return `The database cannot be used: ${error.message}`;
  // Of the failures that wrap each other the innermost is the server's own, without the statement.
  const isRefused = NOT_TO_BE_USED.test(error instanceof SqlFailure ? (error.sqlState ?? '') : code);
  return whatIsUnavailable(error.cause) ?? (isRefused ? `The database cannot be used: ${error.message}` : undefined);
}
