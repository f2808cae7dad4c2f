import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import { describe, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { answersPing, REDIS_MISSING, startRedis } from './redis.ts';

const PATIENCE_MS = 10_000;
const MODULE = fileURLToPath(new URL('./redis.ts', import.meta.url));
const CHILD = `import { startRedis } from ${JSON.stringify(MODULE)}; const server = await startRedis(); server.freeze(); console.log(server.port);`;

/** One inline command, one line of an answer. */
async function say(port: number, command: string): Promise<string> {
  const socket = connect(port, '127.0.0.1').setEncoding('utf8');
  try {
    socket.write(`${command}\r\n`);
    const [reply] = await once(socket, 'data', { signal: AbortSignal.timeout(PATIENCE_MS) });
    return String(reply).trim();
  } finally {
    socket.destroy();
  }
}

/** Takes no connection any more, which a frozen one still would. */
async function untilGone(port: number): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  const isTaken = () =>
    new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1');
      socket.on('connect', () => resolve(true)).on('error', () => resolve(false));
      socket.on('connect', () => socket.destroy());
    });
  while (await isTaken()) {
    assert.ok(performance.now() < deadline, 'Redis is still there');
    await wait(20);
  }
}

describe('the Redis of the tests', { skip: REDIS_MISSING }, () => {
  test('starts again on its port, and then knows nothing', async () => {
    await using server = await startRedis();
    assert.equal(await say(server.port, 'SET a 1'), '+OK');
    await server.kill();
    await untilGone(server.port);
    await server.restart();
    assert.equal(await say(server.port, 'GET a'), '$-1');
  });

  test('answers nobody while it is frozen', async () => {
    await using server = await startRedis();
    server.freeze();
    assert.equal(await answersPing(server.port), false);
    server.thaw();
    assert.equal(await say(server.port, 'PING'), '+PONG');
  });

  test('ends with its process, also when that is killed and it is frozen itself', async () => {
    const child = spawn(process.execPath, ['--input-type=module', '--eval', CHILD], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [port] = await once(createInterface({ input: child.stdout }), 'line');
    child.kill('SIGKILL');
    await once(child, 'exit');
    await untilGone(Number(port));
  });
});
