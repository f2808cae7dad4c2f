// What docker-compose.yml promises about its containers. There is no Docker where tests run, so it is read as text.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

const text = readFileSync(join(import.meta.dirname, '..', 'docker-compose.yml'), 'utf8');

/** The lines of a block, by the name it has at this depth. */
function blocksOf(part: string, indent: string): ReadonlyMap<string, string> {
  const heads = new RegExp(`^${indent}([\\w-]+):(?: &[\\w-]+)?$`, 'gm');
  const found = [...part.matchAll(heads)];
  return new Map(found.map(({ 1: name = '', index }, at) => [name, part.slice(index, found[at + 1]?.index)]));
}
const top = blocksOf(text, '');
const partOf = (name: string) => top.get(name) ?? assert.fail(`${name} is missing`);
const services = blocksOf(partOf('services'), '  ');

test('every container drops all capabilities, gains none, cannot write to itself, and has a limit of memory', () => {
  assert.deepEqual([...services.keys()], ['postgres', 'redis', 'mail', 'node-1', 'node-2', 'balancer']);
  for (const line of ['cap_drop: [ALL]', "security_opt: ['no-new-privileges:true']", 'read_only: true'])
    assert.ok(partOf('x-confined').includes(`  ${line}\n`), line);
  assert.match(partOf('x-node'), /^ {2}<<: \*confined$/m);
  for (const [name, service] of services) {
    assert.match(service, /^ {4}<<: \*(confined|node)$/m, name);
    assert.match(service.includes('<<: *node') ? partOf('x-node') : service, /^ +mem_limit: \d+[mg]$/m, name);
    assert.doesNotMatch(service, /read_only: false|privileged: true|cap_drop|security_opt/, name);
  }
});

test('PostgreSQL and Redis want passwords that only the environment knows, and are not reached from outside', () => {
  assert.match(services.get('redis') ?? '', /--requirepass "\$\$REDISCLI_AUTH"/);
  assert.match(text, /REDIS_URL: redis:\/\/:\$\{REDIS_PASSWORD:\?[^}]+\}@redis:6379$/m);
  assert.match(text, /DATABASE_URL: postgres:\/\/slotkeeper:\$\{POSTGRES_PASSWORD:\?[^}]+\}@postgres/);
  for (const [name, service] of services)
    for (const [, ports = ''] of service.matchAll(/ports: \[(.*)\]/g)) {
      assert.ok(['mail', 'balancer'].includes(name), name);
      assert.match(ports, /^'127\.0\.0\.1:/);
    }
});

test('the balancer shows no metrics', () => assert.match(partOf('configs'), /:8080 \{[^}]*respond \/metrics\* 404\n[^}]*reverse_proxy/));
