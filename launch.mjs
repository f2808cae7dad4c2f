// Runs a TypeScript entry point on the Node that this project pins, whichever Node npm itself runs on.
// Plain JavaScript on purpose: an older Node has to be able to read this file.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';

const NEEDED = 26;
const here = (path) => fileURLToPath(new URL(path, import.meta.url));

/** The pinned binary comes with `npm ci` as an optional platform package; a recent enough Node of the machine will do too. */
function findNode() {
  if (Number(process.versions.node.split('.')[0]) >= NEEDED) return process.execPath;
  const pinned = here(process.platform === 'win32' ? 'node_modules/.bin/node.cmd' : 'node_modules/.bin/node');
  return existsSync(pinned) ? pinned : undefined;
}

function giveUp(exitCode, ...lines) {
  for (const line of lines) console.error(line);
  process.exitCode = exitCode;
}

/** One process where the platform can replace it, so that signals and exit codes need no messenger; a child otherwise. */
async function run(node, commandLine) {
  // Sources are compiled once and not at every start. Goes away with `npm ci`; where it cannot be written, nothing is kept.
  // biome-ignore lint/style/noProcessEnv: Node reads this before anything of ours runs.
  process.env.NODE_COMPILE_CACHE ??= here('node_modules/.cache/slotkeeper-compiled');
  const stopWithNpm = here('stop-with-npm.mjs');
  if (node === process.execPath && typeof process.execve === 'function') process.execve(node, [node, '--import', stopWithNpm, ...commandLine]);
  await import('./stop-with-npm.mjs');
  const child = spawn(node, commandLine, { stdio: 'inherit', shell: process.platform === 'win32' });
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  // Ctrl-C reaches the child without us, and a second one would cut its drain short.
  process.on('SIGINT', () => process.stdin.isTTY || child.kill('SIGINT'));
  child.on('error', (error) => giveUp(69, `The Node of this project does not start: ${error.message}`));
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? 128 + (constants.signals[signal] ?? 0);
  });
}

const [entry, ...rest] = process.argv.slice(2);
const node = findNode();
if (entry === undefined) giveUp(64, 'usage: node launch.mjs <file.ts> [arguments]');
else if (!existsSync(here('node_modules'))) giveUp(69, 'Slotkeeper is not installed yet. Run `npm ci` first.');
else if (node !== undefined) await run(node, [here(entry), ...rest]);
else {
  giveUp(
    69,
    `Slotkeeper needs Node ${NEEDED} or newer; this is ${process.version}, and no pinned Node was installed for ${process.platform}-${process.arch}.`,
    'Run `npm ci` again without --omit=optional, or install Node 26 from your package manager.',
  );
}
