import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addressGroup, addressGroups } from '../../src/access/address-group.ts';

test('one customer line is one address, however an address of it is written', () => {
  const lines = [
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::1', '2001:DB8:1:2:ffff::9', '2001:0db8:0001:0002::', '2001:db8:1:2:0:0:0:1%eth0'],
    ['2001:db8::1', '2001:db8:0:0:1::', '2001:db8::a:b:c:d', '2001:db8:0:0:0:0:0:1'],
    ['2001:db8:0:1::1', '2001:db8:0:1:1:1:1:1'],
    ['::1', '0:0:0:0:0:0:0:1'],
    ['fe80::1', 'fe80::1%2'],
    ['203.0.113.5', '::ffff:203.0.113.5', '::FFFF:203.0.113.5'],
    ['203.0.113.6'],
  ];
  const groups = lines.map((line) => new Set(line.map(addressGroup)));
  for (const [index, group] of groups.entries()) assert.equal(group.size, 1, `${lines[index]}`);
  assert.deepEqual([...(groups[0] ?? []), ...(groups[5] ?? [])], ['2001:db8:1:2', '203.0.113.5']);
  assert.equal(new Set(groups.flatMap((group) => [...group])).size, lines.length);
});

test('what is no address is counted as what it is', () => {
  for (const text of ['', 'unknown', ':', '::', ':::', 'a:b']) assert.equal(typeof addressGroup(text), 'string');
});

test('an IPv6 address is counted in the networks around it as well, an IPv4 address only as itself', () => {
  const groups = addressGroups('2001:db8:1:2ff::1').map(({ name, suffix, factor }) => [name, suffix, factor]);
  assert.deepEqual(groups, [
    ['2001:db8:1:2ff', '', 1],
    ['2001:db8:1:200/56', '-56', 1.5],
    ['2001:db8:1/48', '-48', 2],
  ]);
  assert.equal(addressGroups('2001:db8:1:ff::')[1]?.name, addressGroups('2001:db8:1::')[1]?.name);
  assert.notEqual(addressGroups('2001:db8:1:100::')[1]?.name, addressGroups('2001:db8:1::')[1]?.name);
  assert.deepEqual(addressGroups('203.0.113.5'), [{ name: '203.0.113.5', suffix: '', factor: 1 }]);
});
