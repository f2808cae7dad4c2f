import assert from 'node:assert/strict';
import { test } from 'node:test';
import { customerIdOf } from '../../src/accounts/customer-id.ts';

const ADA = '5550939d-12a3-8ae4-8786-6073985be2dd';

test('one address is one customer, on every node and in every version, however it is spelled', () => {
  for (const spelling of ['ada@example.org', ' Ada@Example.ORG ', 'ａｄａ@example.org']) assert.equal(customerIdOf(spelling), ADA, spelling);
  assert.notEqual(customerIdOf('ada@example.com'), ADA);
});
