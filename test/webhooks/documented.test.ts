// The two programs of docs/webhooks.md, run as they stand there.
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { type Business, berlinTime, openBusiness } from '../gateway/business.ts';
import { eventually } from '../support/eventually.ts';
import { freePort } from '../support/free-port.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const PAGE = readFileSync(join(ROOT, 'docs', 'webhooks.md'), 'utf8');

/** A program of the page; it prints lines, until it is ended. */
class Program implements AsyncDisposable {
  readonly lines: string[] = [];
  readonly #child: ChildProcess;

  constructor(file: string, environment: Record<string, string>) {
    this.#child = spawn(process.execPath, [file], { env: { ...process.env, ...environment }, stdio: ['ignore', 'pipe', 'inherit'] });
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => this.lines.push(...text.split('\n').filter((line) => line !== '')));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode !== null) return;
    const ended = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await ended;
  }
}

describe('the programs of docs/webhooks.md', () => {
  let shop: Business;
  /** Inside the project, where the package is found. */
  const directory = mkdtempSync(join(ROOT, 'node_modules', '.webhook-programs-'));
  before(async () => {
    shop = await openBusiness({ OUTSIDE_ALLOW: '127.0.0.1' });
  });
  after(async () => {
    rmSync(directory, { recursive: true, force: true });
    await shop?.[Symbol.asyncDispose]();
  });

  const program = (name: string): string => {
    const [, text] = new RegExp(`\`\`\`js ${name}\n([\\s\\S]*?)\`\`\``).exec(PAGE) ?? [];
    assert.ok(text !== undefined, name);
    const file = join(directory, `${name}.mjs`);
    writeFileSync(file, text);
    return file;
  };
  const write = async (path: string, body: object): Promise<{ id: string; secret: string; key: string }> => {
    const said = await shop.ask('POST', path, { token: shop.tokens.owner, body });
    assert.ok(said.status < 300, said.text);
    return said.body;
  };
  let booked = 0;
  const book = async (): Promise<string> => {
    booked += 1;
    const customer = { name: 'Grace', email: 'grace@example.org' };
    return (await write('/v1/appointments', { serviceId: shop.haircut.id, staffId: shop.ada.id, startsAt: berlinTime(2 + booked, '10:00'), customer })).id;
  };

  test('the receiver has twenty lines, takes what is signed, and nothing else', async () => {
    const file = program('receiver');
    assert.ok(readFileSync(file, 'utf8').split('\n').length <= 22);
    const port = String(await freePort());
    const url = `http://127.0.0.1:${port}/`;
    const { id, secret } = await write('/v1/webhooks', { url, types: ['appointment.booked'] });
    await using receiver = new Program(file, { WEBHOOK_SECRET: secret, PORT: port });
    await eventually(() => receiver.lines.includes('listening'));
    assert.equal((await fetch(url, { method: 'POST', body: '{"type":"appointment.booked","id":"x","data":{}}' })).status, 401);
    const appointmentId = await book();
    await eventually(() => receiver.lines.length === 2);
    assert.deepEqual(receiver.lines, ['listening', `appointment.booked ${appointmentId}`]);
    await write(`/v1/webhooks/${id}/test`, {});
  });

  test('the follower misses nothing of what happens while it is away', async () => {
    const { key } = await write('/v1/api-keys', { name: 'Follower', scopes: ['calendars:read', 'appointments:read'] });
    const environment = { SLOTKEEPER: shop.url, API_KEY: key, PLACE: join(directory, 'place') };
    const file = program('follower');
    const before = await book();
    const during: string[] = [];
    {
      await using follower = new Program(file, environment);
      await eventually(() => follower.lines.includes(`is booked ${before}`));
      during.push(await book());
      await eventually(() => follower.lines.includes(`appointment.booked ${during[0]}`));
      await eventually(() => existsSync(environment.PLACE) && readFileSync(environment.PLACE, 'utf8') !== '');
    }
    during.push(await book(), await book());
    await using again = new Program(file, environment);
    await eventually(() => again.lines.includes(`appointment.booked ${during[2]}`));
    assert.ok(again.lines.includes(`appointment.booked ${during[1]}`));
    assert.ok(!again.lines.some((line) => line.startsWith('is ')));
  });
});
