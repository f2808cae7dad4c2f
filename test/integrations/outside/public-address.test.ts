import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isPublicAddress } from '../../../src/integrations/outside/judged-address.ts';

const KINDS: Readonly<Record<string, readonly string[]>> = {
  'this machine': ['127.0.0.1', '127.255.255.254', '::1', '0.0.0.0', '0.1.2.3', '::'],
  'a private network': ['10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.1.1', 'fc00::1', 'fd12:3456::1', 'fec0::1'],
  'a link, and the metadata of a cloud on it': ['169.254.0.1', '169.254.169.254', 'fe80::1', 'fe80::1%eth0', '2606:4700::1111%eth0', 'fd00:ec2::254'],
  'a carrier': ['100.64.0.1', '100.127.255.255', '100.100.100.200'],
  'a group': ['224.0.0.1', '239.255.255.255', '255.255.255.255', 'ff02::1'],
  'an example': ['192.0.2.1', '198.51.100.7', '203.0.113.9', '2001:db8::1', '3fff::1'],
  'a measurement, or reserved': ['198.18.0.1', '198.19.255.255', '192.0.0.8', '192.88.99.1', '240.0.0.1', '2001:2::1', '100::1', '5f00::1', '4000::1'],
  'IPv4 in IPv6': [
    '::ffff:127.0.0.1',
    '::ffff:10.0.0.1',
    '::ffff:8.8.8.8',
    '::127.0.0.1',
    '::7f00:1',
    '64:ff9b::7f00:1',
    '64:ff9b::8.8.8.8',
    '64:ff9b:1::1',
    '2002:7f00:1::',
    '2002:a00:1::1',
    '2001:0:7f00:1::1',
    '::ffff:0:127.0.0.1',
  ],
  'no address': ['', 'localhost', '127.1', '2130706433', '0x7f.0.0.1', '1.2.3', '1.2.3.4.5', '[::1]', '127.0.0.1:80'],
};

for (const [kind, addresses] of Object.entries(KINDS))
  test(`${kind} is not public`, () => {
    for (const address of addresses) assert.equal(isPublicAddress(address), false, address);
  });

test('what is given out to the public is', () => {
  for (const address of [
    '8.8.8.8',
    '1.1.1.1',
    '172.15.255.255',
    '172.32.0.1',
    '100.63.255.255',
    '100.128.0.1',
    '169.253.0.1',
    '223.255.255.255',
    '2606:4700::1111',
    '2a00:1450::1',
  ])
    assert.equal(isPublicAddress(address), true, address);
});
