import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { z } from 'zod';
import { countryOfZone } from '../../src/model/countries.ts';
import { country, email, personName, phone, text, timeZone } from '../../src/protocol/scalars.ts';

/** What it is read to; `undefined` if it is refused. */
const read = <T>(schema: z.ZodType<T>, typed: string): T | undefined => schema.safeParse(typed).data;

test('an e-mail address may have letters of every script before and after the @, and every sign that mail servers take', () => {
  const addresses = {
    'kim@xn--e1afmkfd.xn--p1ai': 'kim@xn--e1afmkfd.xn--p1ai',
    'kim@müller-example.de': 'kim@xn--mller-example-wob.de',
    'jörg@example.org': 'jörg@example.org',
    'sales&service@example.org': 'sales&service@example.org',
    'kim=x@example.org': 'kim=x@example.org',
    "o'neil+salon@example.photography": "o'neil+salon@example.photography",
    'почта@пример.рф': 'почта@xn--e1afmkfd.xn--p1ai',
    'दीपक@example.in': 'दीपक@example.in',
    '#1{a}|b~c^d`e/f?g*h!$%@example.org': '#1{a}|b~c^d`e/f?g*h!$%@example.org',
    'a_b@sub-domain.example.co.uk': 'a_b@sub-domain.example.co.uk',
  };
  for (const [typed, kept] of Object.entries(addresses)) assert.equal(read(email, typed), kept, typed);
});

test('one mailbox is one address, however it is spelled or pasted', () => {
  const spellings = {
    'jörg@example.org': ['JÖRG@Example.org', 'jo\u0308rg@example.org', ' jörg@example.org\u200b', '\u202ajörg@example.org\u202c'],
    'ada@example.org': ['ａｄａ@example.org', 'ada@ＥＸＡＭＰＬＥ.org', '\ufeffada@example.org'],
    'kim@xn--mller-example-wob.de': ['kim@MÜLLER-example.de', 'kim@xn--mller-example-wob.de', 'kim@mu\u0308ller-example.de'],
  };
  for (const [kept, all] of Object.entries(spellings)) for (const typed of all) assert.equal(read(email, typed), kept, JSON.stringify(typed));
});

test('what is no e-mail address is none', () => {
  const domains = [
    'example',
    '-a.org',
    'a-.org',
    'a..org',
    'exa mple.org',
    'exa%6dple.org',
    '127.0.0.1',
    'example.123',
    '[::1]',
    'a.org:25',
    'a/b.org',
    `${'a'.repeat(64)}.org`,
  ];
  for (const domain of domains) assert.equal(read(email, `ada@${domain}`), undefined, domain);
  for (const local of ['', '.ada', 'ada.', 'a..b', 'a b', 'a,b', 'a"b', 'a<b', 'a@b', 'a\nb', '\u3164\u2800 ', 'é'.repeat(33)])
    assert.equal(read(email, `${local}@example.org`), undefined, local);
});

test('a telephone number is read as it is pasted: without marks that nobody sees, with plain spaces, hyphens and digits', () => {
  const numbers = {
    '\u202a+49 30 1234567\u202c': '+49 30 1234567',
    '+49\u00a030\u00a01234567': '+49 30 1234567',
    '030\u20111234567': '030-1234567',
    '\u200e030 1234567': '030 1234567',
    '+1 202 555 0100 ext. 12': '+1 202 555 0100 ext. 12',
    '＋４９ ３０ １２３４５６７': '+49 30 1234567',
    'tel:+49-30-1234567': 'tel:+49-30-1234567',
    '(030)\t123–45–67': '(030) 123-45-67',
    '030/1234567 x12': '030/1234567 x12',
    '+97150١٢٣٤٥٦٧': '+97150١٢٣٤٥٦٧',
    '112': '112',
  };
  for (const [typed, kept] of Object.entries(numbers)) assert.equal(read(phone, typed), kept, JSON.stringify(typed));
  for (const empty of ['', '  ', '\u200e']) assert.equal(read(phone, empty), null, JSON.stringify(empty));
  for (const typed of ['12', '+++', 'call me', '030 12<b>', '030 1234567 ext. 1234567890', '1'.repeat(61)]) assert.equal(read(phone, typed), undefined, typed);
});

test('a name has something to see, stands in one line, and nothing in it turns what stands around it', () => {
  const names = {
    'Kim\u202e Example': 'Kim Example',
    '\u2066Kim\u2069\nExample': 'Kim Example',
    'Kim\r\n\tExample': 'Kim Example',
    'Kim\u00a0\u2003Example': 'Kim Example',
    'Jo\u0308rg': 'Jörg',
    'نیم\u200cفاصله': 'نیم\u200cفاصله',
    '👩\u200d⚕️': '👩\u200d⚕️',
  };
  for (const [typed, kept] of Object.entries(names)) assert.equal(read(personName, typed), kept, JSON.stringify(typed));
  for (const typed of ['\u3164', '\u200b\u200d', '\u2800', '\u00ad', '\u202e', '\u115f\u1160', '\ufe0f', '\u0301', ' \n ']) {
    assert.equal(read(personName, typed), undefined, JSON.stringify(typed));
    assert.equal(read(text(50), typed), undefined, JSON.stringify(typed));
  }
  assert.equal(read(text(50), 'two\nlines'), 'two\nlines');
});

test('a time zone is kept as its database spells it', () => {
  const names = {
    'europe/berlin': 'Europe/Berlin',
    'AMERICA/NEW_YORK': 'America/New_York',
    'etc/utc': 'Etc/UTC',
    'america/port-au-prince': 'America/Port-au-Prince',
  };
  for (const [typed, kept] of Object.entries(names)) assert.equal(read(timeZone, typed), kept);
});

test('a country is known by its two letters, and a time zone says it where it lies in one', () => {
  assert.deepEqual(
    ['de', ' DE', 'AQ'].map((code) => read(country, code)),
    ['DE', 'DE', 'AQ'],
  );
  for (const code of ['EU', 'ZZ', 'UK', 'DEU', 'D', 'DD', '49']) assert.equal(read(country, code), undefined, code);
  const zones = {
    'Europe/Berlin': 'DE',
    'Europe/Zurich': 'CH',
    'America/New_York': 'US',
    'America/Toronto': 'CA',
    'Asia/Kolkata': 'IN',
    'Asia/Calcutta': 'IN',
    'Europe/Kyiv': 'UA',
  };
  for (const [zone, code] of Object.entries(zones)) assert.equal(countryOfZone(zone), code, zone);
  for (const zone of ['Etc/UTC', 'UTC', 'CET', 'Etc/GMT+5']) assert.equal(countryOfZone(zone), undefined, zone);
});

test('every zone that Intl puts into a country is put there by our table too', () => {
  for (const code of ['DE', 'US', 'BR', 'RU', 'AU', 'IN', 'GB', 'CN']) {
    const zones = Reflect.get(new Intl.Locale(`und-${code}`), 'getTimeZones').call(new Intl.Locale(`und-${code}`)) as string[];
    assert.ok(zones.length > 0);
    for (const zone of zones) assert.equal(countryOfZone(zone), code, zone);
  }
});
