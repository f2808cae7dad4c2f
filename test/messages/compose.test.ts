import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import ICAL from 'ical.js';
import nodeIcal from 'node-ical';
import { composeAgenda } from '../../src/messages/agenda.ts';
import { calendarFileOf, compose, type Sender, WORDS } from '../../src/messages/compose.ts';
import type { AboutAppointment } from '../../src/messages/message.ts';
import { smsText } from '../../src/messages/sms-text.ts';
import { composeForStaff } from '../../src/messages/staff-emails.ts';
import { HOUR, instant, parseInstant } from '../../src/model/instant.ts';
import { MESSAGE_KINDS, MESSAGE_LOCALES, type MessageLocale } from '../../src/protocol/messages.ts';

const SENDER: Sender = {
  business: 'Salt & Pine',
  email: 'hello@pine.example',
  nameOfStaff: () => 'Mara',
  nameOfService: () => 'Cut',
  placeOf: () => 'Harbour, 1 Quay Street',
};
const at = (text: string) => parseInstant(text) ?? instant(0);
const about = (startsAt: string, given: Partial<AboutAppointment> = {}): AboutAppointment => ({
  ...{
    id: '019312d0-0000-7000-8000-000000000001',
    reference: 'K7QM-2FXR',
    status: 'booked',
    serviceId: 's',
    serviceName: 'Cut & <b>colour</b>',
    locationId: 'l',
    staffId: 'm',
  },
  ...{ startsAt: at(startsAt), endsAt: instant(at(startsAt) + HOUR), timeZone: 'Europe/Berlin', price: { amount: 4_500, currency: 'EUR' } },
  ...{ createdAt: at('2026-10-01T10:00:00Z'), changedAt: at('2026-10-02T10:00:00Z') },
  ...given,
});
const LINK = 'https://book.example.org/#appointment=1&token=2';

describe('a message', () => {
  test('tells times in the zone of the place, with its name, on both sides of a change of the clocks', () => {
    const say = (startsAt: string) => compose({ kind: 'appointment-booked', locale: 'en', about: about(startsAt) }, SENDER, LINK).text;
    assert.match(say('2026-10-24T08:00:00Z'), /Saturday,? 24 October 2026, 10:00 – 11:00 \(Central European Summer Time\)/);
    assert.match(say('2026-10-25T09:00:00Z'), /Sunday,? 25 October 2026, 10:00 – 11:00 \(Central European Standard Time\)/);
  });

  test('says in every language of a price that it is the least, and does not say what is still to be paid of it', () => {
    const said = (locale: MessageLocale, given: Partial<AboutAppointment>) =>
      compose({ kind: 'appointment-changed', locale, about: about('2026-10-24T08:00:00Z', given) }, SENDER, LINK).text;
    const least = MESSAGE_LOCALES.map((locale) => said(locale, { priceType: 'from', isRepriced: true, paid: { amount: 2_000, currency: 'EUR' } }));
    const words = ['from €45.00', 'ab 45,00 €', 'à partir de 45,00 €', 'desde 45,00 €', 'a partir de 45,00 €'];
    for (const [index, text] of least.entries()) {
      assert.ok(text.replaceAll(/[\u00a0\u202f]/g, ' ').includes(words[index] ?? '?'), text);
      assert.doesNotMatch(text, /25[.,]00/);
    }
    assert.match(said('en', { priceType: 'free', price: { amount: 0, currency: 'EUR' } }), /Price: Free/);
  });

  test('says 1er for the first of a month in French, everywhere, and nowhere else', () => {
    const first = about('2026-12-01T10:00:00Z', { from: { startsAt: at('2026-11-30T10:00:00Z'), endsAt: at('2026-11-30T11:00:00Z'), staffId: 'm' } });
    const say = (locale: MessageLocale, of = first) => {
      const { subject, text } = compose({ kind: 'appointment-changed', locale, about: of }, SENDER, null);
      return [subject, text, smsText({ kind: 'appointment-changed', locale, about: of }, SENDER, true).text];
    };
    for (const text of say('fr')) assert.match(text, /\b1er déc/);
    const { startsAt, endsAt, timeZone, staffId, locationId } = first;
    const agenda = composeAgenda({ locale: 'fr', about: { startsAt, endsAt, timeZone, staffId, locationId, date: '2026-12-01' } }, [], SENDER, LINK, null);
    assert.match(agenda.subject, /mardi 1er décembre$/);
    assert.doesNotMatch(say('fr', about('2026-12-11T10:00:00Z')).join(), /\d+er/);
    for (const locale of MESSAGE_LOCALES.filter((one) => one !== 'fr')) assert.doesNotMatch(say(locale).join(), /\d+er/, locale);
  });

  test('escapes in HTML whatever was named, and has the same link in both', () => {
    const { html, text, subject } = compose({ kind: 'appointment-booked', locale: 'en', about: about('2026-12-01T10:00:00Z') }, SENDER, LINK);
    assert.ok(html.includes('Cut &amp; &lt;b&gt;colour&lt;/b&gt;') && !html.includes('<b>'));
    assert.ok(html.includes(LINK.replace('&', '&amp;')) && text.includes(LINK));
    assert.match(subject, /^Booked: Cut & <b>colour<\/b>, 1 December/);
    assert.ok(!/<(img|link|script)|https?:(?!\/\/book\.example\.org\/)/.test(html), 'nothing is loaded from anywhere');
  });

  test('names that would end a line or a property do not', () => {
    const hostile = about('2026-12-01T10:00:00Z', { serviceName: 'Cut\r\nBcc: everybody@example.org\r\nATTENDEE:mailto:x@example.org' });
    const { subject } = compose({ kind: 'appointment-booked', locale: 'en', about: hostile }, SENDER, null);
    assert.ok(!/[\r\n]/.test(subject));
    assert.ok(!/^ATTENDEE/m.test(calendarFileOf({ kind: 'appointment-booked', about: hostile }, SENDER)?.text ?? 'ATTENDEE'));
  });

  test('has an entry that two calendar programs read as the same instants when it is made, moved over a change of the clocks, and cancelled', () => {
    const times = ['2026-10-24T23:30:00Z', '2026-10-25T00:30:00Z', '2026-10-25T01:30:00Z', '2027-03-28T00:30:00Z'];
    const kinds = ['appointment-booked', 'appointment-changed', 'appointment-changed', 'appointment-cancelled'] as const;
    for (const [index, startsAt] of times.entries()) {
      const kind = kinds[index] ?? 'appointment-booked';
      const { text = '' } = calendarFileOf({ kind, about: about(startsAt, { changedAt: instant(at('2026-10-02T10:00:00Z') + index * HOUR) }) }, SENDER) ?? {};
      const one = new ICAL.Event(new ICAL.Component(ICAL.parse(text)).getFirstSubcomponent('vevent') ?? undefined);
      const other = Object.values(nodeIcal.sync.parseICS(text)).find((entry) => entry?.type === 'VEVENT');
      assert.ok(other?.type === 'VEVENT');
      assert.deepEqual([one.startDate.toUnixTime() * 1_000, other.start.getTime(), other.end?.getTime()], [at(startsAt), at(startsAt), at(startsAt) + HOUR]);
      assert.deepEqual(
        [other.uid, String(other.sequence), other.method],
        [one.uid, String(one.sequence), kind === 'appointment-cancelled' ? 'CANCEL' : 'REQUEST'],
      );
    }
  });

  test('has every kind in every language, with all that it needs filled in', () => {
    const said = new Set<string>();
    for (const locale of MESSAGE_LOCALES)
      for (const kind of MESSAGE_KINDS) {
        const changed = kind === 'appointment-changed' ? ({ isRepriced: true, paid: { amount: 2_000, currency: 'EUR' } } as const) : {};
        const { subject, text, html } = compose(
          { kind, locale, about: about('2026-12-01T10:00:00Z', { by: 'business', money: { amount: 2_000, currency: 'EUR' }, ...changed }) },
          SENDER,
          LINK,
        );
        assert.ok(!/[{}]|undefined|null/.test(subject + text), `${locale} ${kind}: ${subject} ${text}`);
        assert.ok(html.includes(`<html lang="${locale}">`));
        said.add(subject);
      }
    assert.equal(said.size, MESSAGE_LOCALES.length * MESSAGE_KINDS.length);
  });

  test('of a price that is reserved on a card says in every language that it is not paid, and of none nothing', () => {
    const reserved = { reserves: true, reserved: { amount: 4_200, currency: 'EUR' } } as const;
    for (const locale of MESSAGE_LOCALES)
      for (const kind of ['appointment-booked', 'appointment-requested', 'appointment-approved', 'appointment-changed', 'appointment-reminder'] as const) {
        const say = (given: Partial<AboutAppointment>) => compose({ kind, locale, about: about('2026-12-01T10:00:00Z', given) }, SENDER, LINK).text;
        const isSaid = kind !== 'appointment-changed' && kind !== 'appointment-reminder';
        assert.equal(say(reserved).match(/42[.,]00/g)?.length, isSaid ? 2 : 1, `${locale} ${kind}: ${say(reserved)}`);
        assert.doesNotMatch(say({ reserves: true }), /42[.,]00|reserv(ed|iert) on|[{}]/);
        assert.ok(say(reserved).includes(`${WORDS[locale].labels.reserved}: `) && !say({}).includes(WORDS[locale].labels.reserved));
      }
    const off = compose({ kind: 'appointment-cancelled', locale: 'en', about: about('2026-12-01T10:00:00Z', reserved) }, SENDER, LINK);
    assert.doesNotMatch(off.text, /42\.00/, 'what becomes of it is told when it has');
  });

  test('about another price says in every language what is still to be paid of it, or was paid beyond it, and nothing where it fits', () => {
    const said = (locale: (typeof MESSAGE_LOCALES)[number], amount: number) =>
      compose(
        { kind: 'appointment-changed', locale, about: about('2026-12-01T10:00:00Z', { isRepriced: true, paid: { amount, currency: 'EUR' } }) },
        SENDER,
        LINK,
      )
        .text.replaceAll('\u00a0', ' ')
        .replaceAll('\u202f', ' ');
    for (const locale of MESSAGE_LOCALES) {
      const [due, over, even] = [said(locale, 1_500), said(locale, 5_100), said(locale, 4_500)];
      assert.equal(due.match(/30[.,]00/g)?.length, 2, due);
      assert.equal(over.match(/(?<!\d)6[.,]00/g)?.length, 2, over);
      assert.equal(even.match(/\d[.,]00/g)?.length, 2, `${even}: the price and what was paid`);
      assert.ok(!/[{}]/.test(due + over + even));
    }
  });

  test('to staff has every kind in every language, and says whose calendar it is in after a move', () => {
    const told = { ...about('2026-12-01T10:00:00Z'), toStaffId: 'm' };
    const from = { startsAt: told.startsAt, endsAt: told.endsAt, staffId: 'other' };
    const moves = [{}, { from }, { from, toStaffId: 'other' }];
    for (const locale of MESSAGE_LOCALES) {
      const said = (['staff-booked', 'staff-requested', 'staff-changed', 'staff-cancelled'] as const).flatMap((kind) =>
        (kind === 'staff-changed' ? moves : [{}, { status: 'declined' }, { by: 'customer' }]).map((given) =>
          composeForStaff({ kind, locale, about: { ...told, ...given } as typeof told }, SENDER, 'https://book.example.org/desk', null),
        ),
      );
      for (const { subject, text } of said) assert.ok(!/[{}]|undefined|null/.test(subject + text), `${locale}: ${subject} ${text}`);
      assert.equal(new Set(said.map(({ text }) => text)).size, 1 + 1 + 3 + 3, locale);
      // Only the person is another one: the time stands there once.
      for (const { text } of said) assert.equal(text.match(/2026/g)?.length, 1 + Number(text.includes('desk#')), text);
      // A calendar that is no longer theirs may not be open to them.
      assert.deepEqual([...new Set(said.map(({ text }) => text.includes('/desk#appointment=')))].length, 2);
    }
  });

  test('names what is done along, in the table, in a template and in the calendar entry, and has no line for nothing', () => {
    const along = about('2026-12-01T10:00:00Z', { serviceName: 'Cut', addOns: ['Beard trim', 'Tea'] });
    const say = (of: AboutAppointment, template: { subject: string; body: string } | null = null) =>
      compose({ kind: 'appointment-booked', locale: 'en', about: of }, SENDER, null, template);
    assert.match(say(along).text, /^Along with it: Beard trim, Tea$/m);
    assert.doesNotMatch(say(about('2026-12-01T10:00:00Z')).text, /Along with it/);
    assert.match(say(along, { subject: '{{service}}: {{addOns}}', body: 'Hello' }).subject, /^Cut: Beard trim, Tea$/);
    assert.match(calendarFileOf({ kind: 'appointment-booked', about: along }, SENDER)?.text ?? '', /SUMMARY:Cut \+ Beard trim \+ Tea/);
    const staff = composeForStaff({ kind: 'staff-booked', locale: 'en', about: { ...along, toStaffId: 'm' } }, SENDER, '', null);
    assert.match(staff.text, /^Along with it: Beard trim, Tea$/m);
  });

  test('to staff has no amount: neither the price, nor what a voucher took off, nor what is reserved on a card', () => {
    const [discount, reserved] = [500, 4_000].map((amount) => ({ amount, currency: 'EUR' }));
    const told = { ...about('2026-12-01T10:00:00Z'), ...(discount && { discount }), ...(reserved && { reserved }), toStaffId: 'm' };
    for (const kind of ['staff-booked', 'staff-changed', 'staff-cancelled'] as const)
      assert.doesNotMatch(composeForStaff({ kind, locale: 'en', about: told }, SENDER, '', null).text, /€|Voucher|Reserved/);
  });

  test('says who has cancelled', () => {
    const cancelled = (by: 'customer' | 'business') =>
      compose({ kind: 'appointment-cancelled', locale: 'en', about: about('2026-12-01T10:00:00Z', { by, status: 'cancelled' }) }, SENDER, null).text;
    assert.match(cancelled('business'), /Salt & Pine has cancelled/);
    assert.match(cancelled('customer'), /as you asked/);
  });
});
