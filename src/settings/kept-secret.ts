import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const SECRET_BYTES = 32;

/**
 * The embedded database is for one machine, so its secret may live beside it: tokens stay good over a restart. The open database keeps
 * other processes out of the directory, and a name that appears only with the whole text keeps a crash from leaving half a secret.
 */
export async function keptSecret(directory: string): Promise<string> {
  const file = join(directory, 'jwt-secret');
  if (!existsSync(file)) {
    const draft = `${file}.unfinished`;
    await writeFile(draft, randomBytes(SECRET_BYTES).toString('base64url'), { mode: 0o600 });
    await rename(draft, file);
  }
  return (await readFile(file, 'utf8')).trim();
}
