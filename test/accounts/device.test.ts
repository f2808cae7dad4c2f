import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deviceOf } from '../../src/accounts/device.ts';

const BROWSERS = {
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:138.0) Gecko/20100101 Firefox/138.0': 'Firefox on Windows',
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/135.0.0.0 Safari/537.36': 'Chrome on Linux',
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.3 Safari/605.1.15': 'Safari on a Mac',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_3 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/135.0 Mobile/15E148 Safari/604.1':
    'Chrome on an iPhone',
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/135.0.0.0 Safari/537.36 Edg/135.0.0.0': 'Edge on Windows',
  'Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/27.0 Chrome/125.0.0.0 Mobile Safari/537.36':
    'Samsung Internet on Android',
  'Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/135.0.0.0 Safari/537.36': 'Chrome on a Chromebook',
  'Mozilla/5.0 (Linux; Android 15) Something/1.0': 'Android Browser on Android',
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) Something/1.0': 'a browser on Windows',
  'Mozilla/5.0 <b>bold</b>/2 (Windows NT 10.0)': 'a browser on Windows',
};

test('a browser is called by its own name, and with the machine it is on', () => {
  for (const [userAgent, name] of Object.entries(BROWSERS)) assert.equal(deviceOf(userAgent), name);
});

test('a program is called what it calls itself', () => {
  assert.deepEqual(['curl/8.5.0', 'node', 'Slot Robot/2 (+https://example.org)', 'PostmanRuntime/7.43'].map(deviceOf), [
    'curl',
    'node',
    'Slot',
    'PostmanRuntime',
  ]);
});

test('what says nothing, or nothing that should be shown, is unknown', () => {
  const meaningless: readonly (string | undefined)[] = [
    undefined,
    '',
    'Mozilla/5.0',
    '<script>alert(1)</script>',
    '\u0000\u0007',
    ' '.repeat(600),
    'x'.repeat(600),
  ];
  assert.deepEqual(new Set(meaningless.map(deviceOf)), new Set(['an unknown device']));
});
