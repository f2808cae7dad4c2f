// Everything a run needs, as real processes on the loopback: PostgreSQL, Redis, the nodes, and between each node and what it depends on a proxy that breaks.
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type FaultProxy, startFaultProxy } from '../../test/support/fault-proxy.ts';
import { freePort } from '../../test/support/free-port.ts';
import { startRedis, type TestRedis } from '../../test/support/redis.ts';
import { buildWebIfNeeded } from '../../web/build.ts';
import type { ShopFacts } from '../history/lines.ts';
import type { Recorder } from '../history/recorder.ts';
import { EXIT_LOST, EXIT_UNAVAILABLE, NodeProcess } from './node-process.ts';
import { PostgresServer, queryOnce } from './postgres-server.ts';
import { makeShop, OWNER } from './shop.ts';
import { Watchdog } from './watchdog.ts';

/** Short, so that many run out while people still think about them, also while something is broken. */
const HOLD_SECONDS = 4;
const READY_WITHIN_MS = 60_000;

/** A node's way to one of the servers it depends on. */
export type Link = { readonly node: number; readonly to: 'postgres' | 'redis'; readonly proxy: FaultProxy };

export type World = AsyncDisposable & {
  readonly nodes: readonly NodeProcess[];
  readonly postgres: PostgresServer;
  /** undefined: one node alone needs none. */
  readonly redis: TestRedis | undefined;
  readonly links: readonly Link[];
  readonly shop: ShopFacts;
  /** Sends everybody who comes to a node that is ready, as a balancer in front of the nodes would. */
  readonly balancer: FaultProxy;
  /** Asks the database past every fault. */
  sql(text: string, parameters?: readonly unknown[]): Promise<readonly unknown[][]>;
  linkOf(node: number, to: Link['to']): FaultProxy;
  /** A node that is ready, another one each time; the next in line if none is. */
  nextReady(): NodeProcess;
};
export type WorldOptions = {
  readonly nodes: number;
  readonly rooms: number /** Where the nodes' logs go. */;
  readonly out: string;
  readonly recorder: Recorder;
};

export async function openWorld({ nodes: count, rooms, out, recorder }: WorldOptions): Promise<World> {
  await using opened = new AsyncDisposableStack();
  const directory = mkdtempSync(join(tmpdir(), 'slotkeeper-chaos-'));
  // PostgreSQL, which does not run as root, has to find its way in.
  chmodSync(directory, 0o711);
  const watchdog = opened.use(new Watchdog(directory));
  const place = (name: string) => {
    mkdirSync(join(directory, name));
    return join(directory, name);
  };
  // The nodes find the pages in place, instead of each making them.
  await buildWebIfNeeded();
  const postgres = opened.use(await PostgresServer.start(place('postgres'), watchdog));
  const redis = count > 1 ? opened.use(await startRedis()) : undefined;
  const databaseUrl = await postgres.createDatabase();
  const links: Link[] = [];
  const nodes: NodeProcess[] = [];
  const jwtSecret = randomBytes(32).toString('base64url');
  for (let index = 0; index < count; index += 1) {
    const toPostgres = opened.use(await startFaultProxy({ host: '127.0.0.1', port: postgres.port }));
    links.push({ node: index, to: 'postgres', proxy: toPostgres });
    const environment: Record<string, string> = { ...settingsOf(jwtSecret), DATABASE_URL: toPostgres.urlThrough(databaseUrl) };
    if (redis !== undefined) {
      const toRedis = opened.use(await startFaultProxy({ host: '127.0.0.1', port: redis.port }));
      links.push({ node: index, to: 'redis', proxy: toRedis });
      environment.REDIS_URL = toRedis.urlThrough(redis.url);
    }
    const node = opened.use(newNode(index, { environment, port: await freePort(), out, recorder, watchdog }));
    nodes.push(node);
    node.start();
    // The first one makes the tables and the owner.
    if (!(await node.becomesReady(READY_WITHIN_MS))) throw new Error(`node ${index} did not get ready; see ${out}`);
  }
  const nextReady = inTurn(nodes);
  const shop = await makeShop(nextReady().url, rooms);
  const balancer = opened.use(await startFaultProxy(() => ({ host: '127.0.0.1', port: nextReady().port })));
  const parts = opened.move();
  return {
    nodes,
    postgres,
    redis,
    links,
    shop,
    balancer,
    sql: (text, parameters) => queryOnce(databaseUrl, text, parameters),
    linkOf: (node, to) => {
      const found = links.find((link) => link.node === node && link.to === to);
      if (found === undefined) throw new RangeError(`node ${node} has no link to ${to}`);
      return found.proxy;
    },
    nextReady,
    [Symbol.asyncDispose]: () => parts.disposeAsync(),
  };
}

function settingsOf(jwtSecret: string): Record<string, string> {
  return {
    HOST: '127.0.0.1',
    JWT_SECRET: jwtSecret,
    OWNER_EMAIL: OWNER.email,
    OWNER_PASSWORD: OWNER.password,
    HOLD_SECONDS: `${HOLD_SECONDS}`,
    RATE_LIMIT_SCALE: '1000',
    LOG_LEVEL: 'info',
  };
}

type NodePlace = Omit<WorldOptions, 'nodes' | 'rooms'> & {
  readonly environment: Readonly<Record<string, string>>;
  readonly port: number;
  readonly watchdog: Watchdog;
};

function newNode(index: number, { environment, port, out, recorder, watchdog }: NodePlace): NodeProcess {
  return new NodeProcess({
    index,
    port,
    environment,
    watchdog,
    logFile: join(out, `node-${index}.log`),
    tell: (event) => {
      recorder.write({ line: 'process', node: index, at: recorder.now(), ...event });
      const isCalm = event.what !== 'exited' || event.isWanted === true || event.code === EXIT_LOST || event.code === EXIT_UNAVAILABLE;
      if (!isCalm) recorder.surprise(`node ${index} ended by itself with ${event.code ?? event.signal}`);
    },
  });
}

function inTurn(nodes: readonly NodeProcess[]): () => NodeProcess {
  let turn = 0;
  return () => {
    turn += 1;
    const ready = nodes.filter((node) => node.isReady);
    const candidates = ready.length > 0 ? ready : nodes;
    const chosen = candidates[turn % candidates.length];
    if (chosen === undefined) throw new RangeError('a world without nodes');
    return chosen;
  };
}
