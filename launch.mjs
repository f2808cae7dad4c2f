// Runs a TypeScript entry point on the Node that this project pins, whichever Node npm itself runs on.
// Plain JavaScript on purpose: an older Node has to be able to read this file.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const NEEDED = 26;
const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const entry = process.argv[2];

/** The pinned binary comes with `npm ci` as an optional platform package; a recent enough Node of the machine will do too. */
function findNode() {
  if (Number(process.versions.node.split('.')[0]) >= NEEDED) return process.execPath;
  const pinned = here(process.platform === 'win32' ? 'node_modules/.bin/node.cmd' : 'node_modules/.bin/node');
  return existsSync(pinned) ? pinned : undefined;
}

if (entry === undefined) {
  console.error('usage: node launch.mjs <file.ts> [arguments]');
  process.exitCode = 64;
} else if (!existsSync(here('node_modules'))) {
  console.error('Slotkeeper is not installed yet. Run `npm ci` first.');
  process.exitCode = 69;
} else {
  const node = findNode();
  if (node === undefined) {
    console.error(
      `Slotkeeper needs Node ${NEEDED} or newer; this is ${process.version}, and no pinned Node was installed for ${process.platform}-${process.arch}.\n` +
        'Run `npm ci` again without --omit=optional, or install Node 26 from your package manager.',
    );
    process.exitCode = 69;
  } else {
    const child = spawn(node, [here(entry), ...process.argv.slice(3)], { stdio: 'inherit', shell: process.platform === 'win32' });
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
    child.on('exit', (code, signal) => {
      process.exitCode = code ?? (signal === 'SIGINT' ? 130 : 143);
    });
  }
}
