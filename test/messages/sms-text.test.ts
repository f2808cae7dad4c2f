// Texts: how long they are, what they cost, and when they wait.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { AboutAppointment } from '../../src/messages/message.ts';
import { readNumber } from '../../src/messages/phone-numbers.ts';
import { endOfQuiet, waitsUntil, zoneOfRecipient } from '../../src/messages/quiet-hours.ts';
import { plainText, segmentsOf } from '../../src/messages/sms-segments.ts';
import { smsText } from '../../src/messages/sms-text.ts';
import { HOUR, type Instant, instant } from '../../src/model/instant.ts';
import { MESSAGE_KINDS, MESSAGE_LOCALES, type MessageKind } from '../../src/protocol/messages.ts';

const at = (text: string): Instant => instant(Date.parse(text));
const BERLIN = 'Europe/Berlin';
const NIGHT = { from: '21:00', to: '08:00' };

function aboutOne(startsAt: Instant, more: Partial<AboutAppointment> = {}): AboutAppointment {
  return {
    ...{ id: 'a', reference: 'R', status: 'booked', serviceId: 's', serviceName: 'Cut', locationId: 'l', staffId: 'm', timeZone: BERLIN },
    ...{ startsAt, endsAt: instant(startsAt + HOUR), price: { amount: 0, currency: 'EUR' }, createdAt: startsAt, changedAt: startsAt },
    ...more,
  };
}

describe('segments', () => {
  test('are counted by the alphabet that the text needs', () => {
    const cases: readonly (readonly [string, number])[] = [
      ['', 1],
      ['a'.repeat(160), 1],
      ['a'.repeat(161), 2],
      ['a'.repeat(306), 2],
      ['a'.repeat(307), 3],
      ['€'.repeat(80), 1],
      ['€'.repeat(81), 2],
      // 76 in a part: the 77th would be divided.
      ['€'.repeat(152), 2],
      ['€'.repeat(153), 3],
      ['ã'.repeat(70), 1],
      ['ã'.repeat(71), 2],
      ['😀'.repeat(35), 1],
      ['😀'.repeat(36), 2],
      ['😀'.repeat(66), 2],
      ['😀'.repeat(67), 3],
    ];
    for (const [text, segments] of cases) assert.equal(segmentsOf(text), segments, `${[...text][0]} × ${[...text].length}`);
  });

  test('typographic marks do not make a text longer', () => {
    assert.equal(segmentsOf(plainText(`“${'a'.repeat(150)}” – ’…`)), 1);
  });

  test('every text fits into three in every language, whatever the names are', () => {
    const sender = { business: '株式会社'.repeat(50), email: '', nameOfStaff: () => null, nameOfService: () => null, placeOf: () => null };
    for (const locale of MESSAGE_LOCALES)
      for (const kind of MESSAGE_KINDS)
        for (const by of ['customer', 'business'] as const) {
          const about = aboutOne(at('2026-12-30T10:00:00Z'), { serviceName: '美容'.repeat(100), by });
          const { text, segments } = smsText({ kind, locale, about }, sender, true);
          assert.ok(segments <= 3, text);
          const { segments: ordinary } = smsText({ kind, locale, about: { ...about, serviceName: 'Cut' } }, { ...sender, business: 'Salt & Pine' }, true);
          assert.ok(ordinary <= 2, `${locale} ${kind}`);
        }
  });

  test('a name puts no line and no mark-up into a text', () => {
    const sender = { business: 'Salt\r\n{date} <b>', email: '', nameOfStaff: () => null, nameOfService: () => 'Cut', placeOf: () => null };
    const { text } = smsText({ kind: 'appointment-booked', locale: 'en', about: aboutOne(at('2026-12-30T10:00:00Z')) }, sender, true);
    assert.equal(text, 'Salt {date} <b>: booked. Cut, Wed 30 Dec, 11:00.');
  });
});

describe('quiet hours', () => {
  test('end in the morning by the clock of the recipient, also when the clocks change', () => {
    assert.equal(endOfQuiet(at('2026-12-01T20:30:00Z'), BERLIN, NIGHT), at('2026-12-02T07:00:00Z'));
    assert.equal(endOfQuiet(at('2026-12-02T06:59:00Z'), BERLIN, NIGHT), at('2026-12-02T07:00:00Z'));
    assert.equal(endOfQuiet(at('2026-12-02T07:00:00Z'), BERLIN, NIGHT), null);
    assert.equal(endOfQuiet(at('2026-12-02T19:59:00Z'), BERLIN, NIGHT), null);
    assert.equal(endOfQuiet(at('2027-03-27T21:00:00Z'), BERLIN, NIGHT), at('2027-03-28T06:00:00Z'));
    assert.equal(endOfQuiet(at('2026-12-02T12:30:00Z'), BERLIN, { from: '13:00', to: '15:00' }), at('2026-12-02T14:00:00Z'));
    assert.equal(endOfQuiet(at('2026-12-02T23:30:00Z'), BERLIN, null), null);
  });

  test('a reminder waits for their end and is not sent after the start; urgent news and answers do not wait', () => {
    const now = at('2026-12-01T22:00:00Z');
    const morning = at('2026-12-02T07:00:00Z');
    const wait = (kind: MessageKind, startsAt: string, more: Partial<AboutAppointment> = {}) =>
      waitsUntil({ kind, about: aboutOne(at(startsAt), more) }, now, BERLIN, NIGHT);
    assert.equal(wait('appointment-reminder', '2026-12-02T09:00:00Z'), morning);
    assert.equal(wait('appointment-reminder', '2026-12-02T07:00:00Z'), 'too-late');
    assert.equal(wait('appointment-booked', '2026-12-09T09:00:00Z'), null);
    assert.equal(wait('appointment-cancelled', '2026-12-02T09:59:00Z'), null);
    assert.equal(wait('appointment-cancelled', '2026-12-02T10:00:00Z'), morning);
    const from = { startsAt: at('2026-12-02T08:00:00Z'), endsAt: at('2026-12-02T09:00:00Z'), staffId: 'm' };
    assert.equal(wait('appointment-changed', '2026-12-09T09:00:00Z', { from }), null);
  });

  test('the recipient is where their number is from, if that says more than the place', () => {
    const now = at('2026-12-01T22:00:00Z');
    assert.equal(zoneOfRecipient('DE', BERLIN, now), BERLIN);
    assert.equal(zoneOfRecipient('US', 'America/Denver', now), 'America/Denver');
    assert.equal(zoneOfRecipient('US', BERLIN, now), BERLIN);
    assert.match(zoneOfRecipient('IN', BERLIN, now), /^Asia\/(Kolkata|Calcutta)$/);
    assert.equal(zoneOfRecipient('PT', BERLIN, now), BERLIN);
  });
});

test('premium, shared-cost, fixed and invented numbers are not texted', () => {
  assert.deepEqual(readNumber('+4915112345678'), { country: 'DE', isTexted: true });
  assert.deepEqual(readNumber('+12025550123').country, 'US');
  for (const number of ['+499001234567', '+491805123456', '+493012345678', '+447012345678', '+882161234567', '+49151'])
    assert.equal(readNumber(number).isTexted, false, number);
});
