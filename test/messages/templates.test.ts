// What a business may make a message say, and what comes of it.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { composeAgenda } from '../../src/messages/agenda.ts';
import { compose, defaultTemplate, type Sender } from '../../src/messages/compose.ts';
import type { AboutAppointment } from '../../src/messages/message.ts';
import { smsText } from '../../src/messages/sms-text.ts';
import { composeForStaff } from '../../src/messages/staff-emails.ts';
import { templateErrors } from '../../src/messages/template.ts';
import { HOUR, instant } from '../../src/model/instant.ts';
import { AGENDA, MESSAGE_KINDS, MESSAGE_LOCALES, PERSONAL_KINDS } from '../../src/protocol/messages.ts';

const SENDER: Sender = { business: 'Salt & Pine', email: '', nameOfStaff: () => 'Mara', nameOfService: () => 'Cut', placeOf: () => '<i>Harbour</i>' };
const START = instant(Date.UTC(2026, 11, 1, 10));
const ABOUT: AboutAppointment = {
  ...{
    id: 'a',
    reference: 'K7QM-2FXR',
    status: 'booked',
    serviceId: 's',
    serviceName: 'Cut & <b>colour</b>\r\nBcc: x@example.org',
    locationId: 'l',
    staffId: 'm',
  },
  ...{
    startsAt: START,
    endsAt: instant(START + HOUR),
    timeZone: 'Europe/Berlin',
    price: { amount: 4_500, currency: 'EUR' },
    createdAt: START,
    changedAt: START,
  },
};
const LINK = 'https://book.example.org/#appointment=1&token=2';
const HOSTS = ['book.example.org'];
const say = (subject: string, body: string) => compose({ kind: 'appointment-booked', locale: 'en', about: ABOUT }, SENDER, LINK, { subject, body });
const wrong = (body: string, subject = 'Booked') =>
  templateErrors({ kind: 'appointment-booked', channel: 'email', locale: 'en' }, { subject, body }, HOSTS).map(({ path, message }) => `${path} ${message}`);

describe('a template', () => {
  test('puts values in the place of placeholders, as text in the text and escaped in HTML', () => {
    const { subject, text, html } = say('{{service}} with {{ staff }}', 'See you soon\n\nAt {{where}}\nfor {{price}}.\n\n{{details}}\n\n{{manage}}\n\nBye');
    assert.equal(subject, 'Cut & <b>colour</b> Bcc: x@example.org with Mara');
    assert.match(
      text,
      /^See you soon\n\nAt <i>Harbour<\/i>\nfor €45.00.\n\nWhen: .*\n(.*\n)+\nShow, move or cancel the appointment:\nhttps:.*token=2\n\nBye\n\nSalt & Pine/,
    );
    assert.ok(html.includes('At &lt;i&gt;Harbour&lt;/i&gt;<br>for €45.00.') && html.includes('colour&lt;/b&gt;') && !/<(b|i)>/.test(html));
    assert.ok(!/[\r\n]/.test(subject));
  });

  test('by default says what the message says by default, in every kind and language', () => {
    for (const kind of MESSAGE_KINDS)
      for (const locale of MESSAGE_LOCALES) {
        const name = { kind, channel: 'email', locale } as const;
        const template = defaultTemplate(name);
        assert.deepEqual(templateErrors(name, template, HOSTS), [], `${kind} ${locale}`);
        const link = template.body.includes('{{manage}}') ? LINK : null;
        const message = { kind, locale, about: { ...ABOUT, by: 'business', money: ABOUT.price } } as const;
        assert.deepEqual(compose(message, SENDER, link, template), compose(message, SENDER, link), `${kind} ${locale}`);
      }
  });

  test('of the agenda of a day says by default what the agenda says, however many appointments there are', () => {
    const day = { staffId: 'm', locationId: 'l', timeZone: 'Europe/Berlin', date: '2026-12-01', startsAt: START, endsAt: instant(START + 24 * HOUR) };
    const one = { startsAt: START, endsAt: instant(START + HOUR), isRequested: true, serviceId: 's', serviceName: 'Cut' };
    for (const locale of MESSAGE_LOCALES) {
      const name = { kind: AGENDA, channel: 'email', locale } as const;
      const template = defaultTemplate(name);
      assert.deepEqual(templateErrors(name, template, HOSTS), [], locale);
      for (const count of [1, 3, 61]) {
        const say = (text: typeof template | null) => composeAgenda({ locale, about: day }, Array(count).fill(one), SENDER, LINK, text);
        assert.deepEqual(say(template), say(null), `${locale} ${count}`);
      }
      const foreign = templateErrors(name, { subject: '{{service}}', body: '{{reference}}' }, HOSTS);
      assert.deepEqual(
        foreign.map(({ path }) => path),
        ['subject', 'body'],
      );
    }
    const own = { subject: '{{staff}}: {{appointments}}', body: 'Good morning\n\nIn {{where}} on {{date}}:\n\n{{details}}' };
    const { subject, text, html } = composeAgenda({ locale: 'en', about: day }, Array(61).fill(one), SENDER, LINK, own);
    assert.equal(subject, 'Mara: 61 appointments');
    assert.match(text, /^Good morning\n\nIn <i>Harbour<\/i> on Tuesday 1 December:\n\n(11:00 – 12:00: Cut \(requested\)\n){60}\nand 1 more\n\nSalt & Pine/);
    assert.ok(!html.includes(LINK) && html.includes('&lt;i&gt;'));
  });

  test('of an e-mail to staff about one appointment says by default what the e-mail says, and has the placeholders of its kind', () => {
    const from = { startsAt: START, endsAt: instant(START + HOUR), staffId: 'other' };
    const about = { ...ABOUT, toStaffId: 'm' };
    const given = [about, { ...about, status: 'declined' }, { ...about, by: 'customer' }, { ...about, from }, { ...about, from, toStaffId: 'other' }] as const;
    for (const kind of PERSONAL_KINDS.filter((one) => one !== AGENDA)) {
      for (const locale of MESSAGE_LOCALES) {
        const name = { kind, channel: 'email', locale } as const;
        const template = defaultTemplate(name);
        assert.deepEqual(templateErrors(name, template, HOSTS), [], `${kind} ${locale}`);
        for (const one of given) {
          const say = (text: typeof template | null) => composeForStaff({ kind, locale, about: one }, SENDER, 'https://book.example.org/desk', text);
          assert.deepEqual(say(template), say(null), `${kind} ${locale}`);
        }
      }
      const wrongWith = (word: string) => templateErrors({ kind, channel: 'email', locale: 'en' }, { subject: 'x', body: `{{${word}}}` }, HOSTS).length;
      const known = { before: kind === 'staff-changed', explanation: kind === 'staff-changed' || kind === 'staff-cancelled', price: false, offers: false };
      for (const [word, isKnown] of Object.entries(known)) assert.equal(wrongWith(word), isKnown ? 0 : 1, `${kind} ${word}`);
    }
    const own = { subject: '{{staff}}: {{reference}}', body: '{{service}}\n\n{{explanation}} Before: {{before}}.\n\n{{manage}}' };
    const { subject, text, html } = composeForStaff({ kind: 'staff-changed', locale: 'en', about: given[4] }, SENDER, 'https://book.example.org/desk', own);
    assert.equal(subject, 'Mara: K7QM-2FXR');
    assert.match(text, /^Cut & <b>.*\n\nIt is with a colleague now.* Before: Mara\.\n\nOpen the calendar:\nhttps:\/\/book\.example\.org\/desk\n\nSalt & Pine/);
    assert.ok(!html.includes('<b>'));
  });

  test('of a text is one line and short enough for the longest names, by default and as it is written', () => {
    for (const kind of MESSAGE_KINDS)
      for (const locale of MESSAGE_LOCALES) {
        const name = { kind, channel: 'sms', locale } as const;
        const { body } = defaultTemplate(name);
        assert.deepEqual(templateErrors(name, { subject: '', body }, HOSTS), [], `${kind} ${locale}`);
        const about = { ...ABOUT, by: 'customer', money: ABOUT.price } as const;
        assert.deepEqual(smsText({ kind, locale, about }, SENDER, true, body), smsText({ kind, locale, about }, SENDER, true), `${kind} ${locale}`);
        const full = body + 'é'.repeat(400);
        const [{ message = '' } = {}] = templateErrors(name, { subject: '', body: full }, HOSTS);
        const fits = full.slice(0, full.length - Number(/: (\d+) characters/.exec(message)?.[1]));
        assert.deepEqual(templateErrors(name, { subject: '', body: fits }, HOSTS), []);
        const sender = { ...SENDER, business: '株'.repeat(60), nameOfStaff: () => '株'.repeat(60) };
        assert.equal(smsText({ kind, locale, about: { ...about, serviceName: '美'.repeat(60) } }, sender, true, fits).segments, 3, `${kind} ${locale}`);
      }
    const textErrors = (body: string) => templateErrors({ kind: 'appointment-booked', channel: 'sms', locale: 'en' }, { subject: '', body }, HOSTS);
    for (const body of ['two\nlines', '{{where}}', '{{details}}', 'https://evil.example/']) assert.equal(textErrors(body).length, 1, body);
    assert.deepEqual(textErrors('{{business}}: {{service}} with {{staff}}, {{date}}, {{reference}}'), []);
  });

  test('has only placeholders of its kind, whole ones, and blocks as paragraphs', () => {
    assert.match(wrong('Hello {{customerName}}')[0] ?? '', /^body has the unknown placeholder \{\{customerName\}\}; known here are business, /);
    assert.match(wrong('x', '{{details}}')[0] ?? '', /^subject has the unknown placeholder \{\{details\}\}/);
    assert.equal(wrong('{{before}}').length, 1);
    for (const body of ['{{service', 'service}}', '{{ser{{vice}}']) assert.ok(wrong(body).length > 0, body);
    assert.match(wrong('See {{details}}')[0] ?? '', /inside a paragraph/);
    assert.deepEqual(wrong('Hello\n\n{{details}}\n\nof {{service}}: <3 (e.g. at 5.30, hello@pine.example)'), []);
  });

  test('has no markup and leads nowhere else', () => {
    for (const body of ['<b>x</b>', '<img src=x>', '<!-- x -->', '</p>']) assert.match(wrong(body)[0] ?? '', /markup/, body);
    const foreign = [
      'https://evil.example/x',
      'http://book.example.org@evil.example/',
      'ftp://book.example.org/',
      'www.evil.de',
      'https:\\\\evil.agency',
      'evil.com/x',
      'javascript:alert(1)',
      'https://{{business}}.com',
      '//evil.com',
      ...[
        'bit.ly/abc',
        'bit.ly',
        'evil．com',
        'evil。com/x',
        'ev\u00adil.com',
        'evil.photography/x',
        'evil.museum:8080',
        'бит.рф/x',
        'shop.xn--p1ai',
        'See evil.io.',
        '@evil.com',
        'x@evil.com/x',
      ],
    ];
    for (const body of foreign) assert.match(wrong(body)[0] ?? '', /may link only to book\.example\.org/, body);
    for (const body of ['\u202emoc.live', 'x\u2066y']) assert.match(wrong(body)[0] ?? '', /turn text around/);
    for (const body of ['at 10.30/11.00', 'z.B. um 9.00 Uhr', 'Dr.Meyer, Tel. 030/123']) assert.deepEqual(wrong(body), [], body);
    for (const body of ['https://book.example.org/x?y=1', 'book.example.org', 'Tel: 030 123']) assert.deepEqual(wrong(body), [], body);
  });
});
