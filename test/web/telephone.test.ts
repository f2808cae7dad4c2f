import assert from 'node:assert/strict';
import { test } from 'node:test';
import { telLink } from '../../web/kit/telephone-link.ts';

test('a link dials the number that the server understood, or what was typed, and never an extension along with it', () => {
  assert.equal(telLink('030 1234567 ext. 12', '+49301234567'), 'tel:+49301234567');
  assert.equal(telLink('(030) 123/45-67'), 'tel:0301234567');
  assert.equal(telLink('tel:+49-30-1234567'), 'tel:+49301234567');
  for (const typed of ['030 1234567 ext. 12', '030 1234567 x12', '030 1234567,12', '+97150١٢٣٤٥٦٧']) assert.equal(telLink(typed), undefined, typed);
});
