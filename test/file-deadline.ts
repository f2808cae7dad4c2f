// Loaded before every test file: the test runner bounds a test, but waits for ever for a file that leaves a server or a timer behind.

/** The slowest files take about a minute on a busy 2-core machine. Longer than a single test may take, so that a hanging test is named first. */
const FILE_DEADLINE_MS = 6 * 60_000;

/** For the next file of a process that runs several. */
export function restartDeadline(): void {
  deadline.refresh();
}

const deadline = setTimeout(() => {
  console.error(`still open after ${FILE_DEADLINE_MS / 1_000} s: ${[...new Set(process.getActiveResourcesInfo())].join(', ') || 'nothing that can be named'}`);
  process.exit(1);
}, FILE_DEADLINE_MS);
deadline.unref();
