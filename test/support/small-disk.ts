// A disk of a few megabytes, to be filled: a file system in memory, which only root may mount.
import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const BLOCK = 4_096;

export type SmallDisk = AsyncDisposable & {
  readonly directory: string;
  /** Until nothing more can be written. */
  fill(): void;
  /** Takes away what filled it. */
  free(): void;
};

/** For the `skip` option of a suite that needs one. With CI=true nothing is skipped: the suite then fails where it mounts one. */
export const SMALL_DISK_MISSING: string | false =
  process.env.CI === 'true' || canMount() ? false : 'a small file system cannot be mounted here (that takes Linux and root)';

export function mountSmallDisk(megabytes: number): SmallDisk {
  const directory = mkdtempSync(join(tmpdir(), 'slotkeeper-disk-'));
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=755`, 'tmpfs', directory], { stdio: 'pipe' });
  const unmount = () => {
    execFileSync('umount', ['-l', directory], { stdio: 'pipe' });
    rmSync(directory, { recursive: true, force: true });
  };
  process.once('exit', unmount);
  const ballast = join(directory, 'ballast');
  return {
    directory,
    fill() {
      const file = openSync(ballast, 'w');
      try {
        for (;;) writeSync(file, Buffer.alloc(BLOCK));
      } catch (error) {
        if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error;
      } finally {
        closeSync(file);
      }
    },
    free() {
      rmSync(ballast, { force: true });
    },
    async [Symbol.asyncDispose]() {
      process.off('exit', unmount);
      unmount();
    },
  };
}

function canMount(): boolean {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false;
  const directory = mkdtempSync(join(tmpdir(), 'slotkeeper-disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', directory], { stdio: 'pipe' });
    execFileSync('umount', [directory], { stdio: 'pipe' });
    return true;
  } catch {
    return false;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
