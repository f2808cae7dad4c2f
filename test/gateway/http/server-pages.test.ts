import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { createConfig, lintFromString } from '@redocly/openapi-core';
import spectral, { type RulesetDefinition } from '@stoplight/spectral-core';
import rulesets from '@stoplight/spectral-rulesets';
import { ROUTES } from '../../../src/gateway/http/routes.ts';
import { PROBLEM_CODES } from '../../../src/protocol/problems.ts';
import { openTestServer, type TestServer } from '../../support/test-server.ts';
import { isProblem } from '../is-problem.ts';

let server: TestServer;
/** Below a hidden folder, as a checkout in one's home may be. */
const web = mkdtempSync(join(tmpdir(), '.slotkeeper-web-'));
before(async () => {
  mkdirSync(join(web, 'assets'));
  writeFileSync(join(web, 'index.html'), '<!doctype html><title>Book</title>');
  writeFileSync(join(web, 'desk.html'), '<!doctype html><title>Desk</title>');
  writeFileSync(
    join(web, 'plain.html'),
    '<!doctype html><title>Page</title><link rel="stylesheet" href="/assets/plain-abc123.css"><body><main class="plain"></main></body>',
  );
  writeFileSync(join(web, 'assets', 'desk-abc123.js'), 'export {};');
  server = await openTestServer({ isDemo: false, webDirectory: web, isEmbedded: true });
});
after(async () => {
  await server?.[Symbol.asyncDispose]();
  rmSync(web, { recursive: true });
});

type Operation = {
  operationId: string;
  responses: Record<string, { content?: Record<string, { schema: { $ref?: string } }> }>;
  parameters?: { name: string; in: string; required?: boolean }[];
  requestBody?: object;
};
type OpenApi = { openapi: string; info: object; paths: Record<string, Record<string, Operation>>; components: { schemas: Record<string, object> } };

/** All refusals are described by one function, and this linter walks through all that each of them refers to: a minute and a half for what takes seconds. */
function withFewRefusals(document: OpenApi): string {
  const [_whole, ...operations] = Object.values(document.paths).flatMap((atPath) => Object.values(atPath));
  for (const { responses } of operations) {
    const [, ...others] = Object.keys(responses).filter((status) => status >= '400');
    for (const status of others) delete responses[status];
  }
  return JSON.stringify(document);
}

describe('the OpenAPI document', () => {
  const document = async () => (await server.ask<OpenApi>('GET', '/openapi.json')).body;
  test('is 3.1 and has every route there is, and no other', async () => {
    const { openapi, paths } = await document();
    assert.match(openapi, /^3\.1\./);
    const told = Object.entries(paths).flatMap(([path, operations]) => Object.keys(operations).map((method) => `${method} ${path}`));
    assert.deepEqual(told.sort(), ROUTES.map(({ method, path }) => `${method} ${path}`).sort());
  });
  test('names every operation once, and every parameter of an address', async () => {
    const operations = Object.entries((await document()).paths).flatMap(([path, methods]) => Object.values(methods).map((operation) => ({ path, operation })));
    assert.equal(new Set(operations.map(({ operation }) => operation.operationId)).size, operations.length);
    for (const { path, operation } of operations) {
      const named = operation.parameters?.filter((parameter) => parameter.in === 'path').map(({ name }) => name) ?? [];
      assert.deepEqual(named.sort(), [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? '').sort(), path);
      assert.ok(
        Object.keys(operation.responses).some((status) => status.startsWith('2')),
        path,
      );
      assert.ok(
        Object.keys(operation.responses).some((status) => status.startsWith('4')),
        path,
      );
    }
  });
  test('passes the linters that others hold it against, without a warning', async () => {
    const { text } = await server.ask('GET', '/openapi.json');
    const config = await createConfig({ extends: ['recommended'] });
    const ofRedocly = await lintFromString({ source: text, absoluteRef: 'openapi.json', config });
    assert.deepEqual(
      ofRedocly.map(({ severity, ruleId, message }) => `${severity} ${ruleId}: ${message}`),
      [],
    );
    const linter = new spectral.Spectral();
    linter.setRuleset({ extends: [[rulesets.oas as RulesetDefinition, 'recommended']] }); // its own type misses that of its rulesets
    const ofSpectral = await linter.run(withFewRefusals(await document()));
    assert.deepEqual(
      ofSpectral.map(({ code, message, path }) => `${code}: ${message} at ${path.join('/')}`),
      [],
    );
  });
  test('knows that fields may be added to replies, and that none is ignored in requests', async () => {
    const { schemas } = (await document()).components as { schemas: Record<string, { additionalProperties?: unknown }> };
    assert.equal(schemas.NewAppointment?.additionalProperties, false);
    assert.equal('additionalProperties' in (schemas.Appointment ?? {}), false);
  });
  test('refers to nothing that is not in it', async () => {
    const text = (await server.ask('GET', '/openapi.json')).text;
    const { components } = await document();
    for (const [, name] of text.matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g))
      assert.ok(name !== undefined && name in components.schemas, String(name));
    assert.ok('Problem' in components.schemas && 'Appointment' in components.schemas);
  });
});

test('an address says which methods it takes', async () => assert.equal((await server.ask('OPTIONS', '/v1/slots')).headers.get('allow'), 'OPTIONS, HEAD, GET'));

describe('pages', () => {
  test('the documentation runs under a policy that lets nothing foreign in', async () => {
    const page = await server.ask('GET', '/docs');
    assert.equal(page.status, 200);
    assert.match(page.headers.get('content-security-policy') ?? '', /default-src 'self';script-src 'self';style-src 'self';.*connect-src 'self';/);
    assert.equal(page.headers.get('strict-transport-security'), null, 'this server is not asked over TLS');
    const sources = [...page.text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, source]) => source ?? '');
    assert.equal(sources.length, 3);
    for (const source of sources) assert.equal((await server.ask('GET', source)).status, 200, source);
    assert.doesNotMatch(page.text, /<script>|style=|onload=/);
    // The package that draws it has pages of its own, which ask other servers.
    for (const path of ['/docs/index.html', '/docs/swagger-initializer.js', '/docs/package.json']) isProblem(await server.ask('GET', path), 'not-found');
  });
  test('a problem page shows lists and links, and no Markdown', async () => {
    const { text } = await server.ask('GET', '/problems/still-in-use');
    assert.match(text, /<ul class="text">\n<li><strong>Removing<\/strong>/);
    assert.match(text, /<a href="\/problems\/forbidden">forbidden<\/a>/);
    assert.doesNotMatch(text, /\*\*|\]\(/);
  });

  test('every problem has one', async () => {
    for (const code of PROBLEM_CODES) {
      const page = await server.ask('GET', `/problems/${code}`);
      assert.equal(page.status, 200);
      assert.ok(page.text.includes(code));
    }
    isProblem(await server.ask('GET', '/problems/none'), 'not-found');
  });
  test('that the server writes look like the others', async () => {
    for (const path of ['/problems', '/problems/slot-taken']) {
      const { text } = await server.ask('GET', path);
      assert.match(text, /<link rel="stylesheet" href="\/assets\/plain-abc123.css"/);
      assert.match(text, /<title>[^<]+ · Slotkeeper<\/title>/);
      assert.match(text, /<main class="plain">\s*<h1>/);
    }
    isProblem(await server.ask('GET', '/plain.html'), 'not-found');
  });
  test('say in words to a browser that there is nothing at an address, and to everyone else by a problem', async () => {
    const accept = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';
    for (const path of ['/nothing-here', '/problems/none', '/desk.html', '/assets/gone.js']) {
      const page = await server.ask('GET', path, { headers: { accept } });
      assert.deepEqual(
        [page.status, page.headers.get('content-type'), page.headers.get('vary')],
        [404, 'text/html; charset=utf-8', 'Accept, Accept-Encoding'],
        path,
      );
      assert.match(page.text, /<h1>There is nothing at this address<\/h1>/);
      for (const other of ['*/*', 'application/json', 'application/problem+json, text/html;q=0.5'])
        isProblem(await server.ask('GET', path, { headers: { accept: other } }), 'not-found');
    }
    isProblem(await server.ask('POST', '/nothing-here', { headers: { accept }, body: {} }), 'not-found');
    isProblem(await server.ask('GET', '/v1/nothing-here', { headers: { accept } }), 'not-found');
  });
  test('of the bundle are asked for anew each time, and what has a hash in its name never again', async () => {
    for (const [path, title] of [
      ['/', 'Book'],
      ['/desk', 'Desk'],
    ] as const) {
      const page = await server.ask('GET', path);
      assert.ok(page.text.includes(title));
      assert.deepEqual([page.status, page.headers.get('cache-control')], [200, 'no-cache']);
    }
    assert.match((await server.ask('GET', '/assets/desk-abc123.js')).headers.get('cache-control') ?? '', /immutable/);
    isProblem(await server.ask('GET', '/assets/gone.js'), 'not-found');
    isProblem(await server.ask('GET', '/admin'), 'not-found');
    assert.equal((await server.ask('HEAD', '/')).text, '');
  });
});

describe('watching', () => {
  test('health says in plain words what an answer survives', async () => {
    const { body } = await server.ask<{ status: string; database: string; durability: string }>('GET', '/healthz');
    assert.deepEqual([body.status, body.database], ['ok', 'pglite']);
    assert.match(body.durability, /power cut/);
  });
  test('health names the version that package.json has, which is also that of the API', async () => {
    const { body } = await server.ask<{ version: string }>('GET', '/healthz');
    const { version } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as { version: string };
    assert.equal(body.version, version);
    assert.equal((await server.ask<{ info: { version: string } }>('GET', '/openapi.json')).body.info.version, version);
  });
  test('the server is ready once it takes work', async () => assert.equal((await server.ask('GET', '/readyz')).status, 200));
  test('metrics count requests by route, never by address', async () => {
    await server.ask('GET', `/v1/services/${crypto.randomUUID()}`);
    const { text } = await server.ask('GET', '/metrics');
    assert.match(text, /slotkeeper_http_request_seconds_count\{method="get",route="\/v1\/services\/\{id\}",status="404"\} 1/);
    assert.match(text, /slotkeeper_nodejs_eventloop_lag/);
    assert.match(text, /slotkeeper_calendars_in_memory \d/);
  });
});

test('a server that closes is not held open by idle connections, and says so to those who still ask', async () => {
  await using closing = await openTestServer({ isDemo: false });
  const agent = new Agent({ keepAlive: true });
  const ask = () =>
    new Promise<string | undefined>((resolve, reject) => {
      request(`${closing.url}/v1/business`, { agent }, (response) => {
        response.resume().on('end', () => resolve(response.headers.connection));
      })
        .on('error', reject)
        .end();
    });
  assert.equal(await ask(), 'keep-alive');
  closing.server.context.readiness.state = 'draining';
  assert.equal((await closing.ask('GET', '/readyz')).status, 503);
  assert.equal(await ask(), 'close');
  closing.server.context.readiness.state = 'ready';
  await ask();
  const began = performance.now();
  await closing.server[Symbol.asyncDispose]();
  // They would be cut after ten seconds; most of that is for a busy machine.
  assert.ok(performance.now() - began < 8_000);
  agent.destroy();
});
