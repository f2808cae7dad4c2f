// Loaded before the entry point. `npm start` runs it below a shell, and a SIGTERM to npm ends npm and that shell but never arrives here:
// the server would go on, with nobody above it. So being orphaned is taken for the signal. Outside npm, being orphaned may be meant.
import { isMainThread } from 'node:worker_threads';

const LOOK_EVERY_MS = 500;

// Worker threads load this file as well.
if (isMainThread && process.env.npm_lifecycle_event !== undefined && process.platform !== 'win32') {
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    process.kill(process.pid, 'SIGTERM');
  }, LOOK_EVERY_MS);
  timer.unref();
}
