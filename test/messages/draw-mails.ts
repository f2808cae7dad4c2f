// Draws every kind of message, light and dark, at 360 and 700 px, into docs/images/mails: `npm run mails`. For looking at; nothing compares the pictures.
import { mkdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { chromium } from 'playwright-core';
import { composeAgenda } from '../../src/messages/agenda.ts';
import { compose, type Sender } from '../../src/messages/compose.ts';
import type { AboutAppointment } from '../../src/messages/message.ts';
import { composeForStaff } from '../../src/messages/staff-emails.ts';
import { ABOUT_MONEY } from '../../src/messages/template.ts';
import { instant, MINUTE } from '../../src/model/instant.ts';
import { AGENDA, MESSAGE_KINDS, MESSAGE_LOCALES, type MessageKind, type MessageLocale } from '../../src/protocol/messages.ts';
import { FLAGS, findBrowser } from '../web/browser.ts';

const FOLDER = path.join(import.meta.dirname, '..', '..', 'docs', 'images', 'mails');
const SENDER: Sender = {
  business: 'Salt & Pine',
  email: '',
  nameOfStaff: (id) => (id === 'other' ? 'Jonas Weber' : 'Mara Lindqvist'),
  nameOfService: () => null,
  placeOf: () => 'Harbour, 1 Quay Street, 20457 Hamburg',
};
const LINK = 'https://book.example.org/#appointment=1&token=2';
const START = Date.UTC(2026, 11, 1, 9);
/** German has the longest words; `npm run mails -- fr` draws others. */
const LOCALES = MESSAGE_LOCALES.filter((locale) => (process.argv[2] ?? 'de') === locale);
/** Of `staff-changed` all three: changed, taken over, handed over. */
const FOR_STAFF = ['staff-booked', 'staff-requested', 'staff-changed', 'staff-changed', 'staff-changed', 'staff-cancelled'] as const;
/** Of `appointment-changed` both: more to pay, and more paid than it costs now. */
const FOR_CUSTOMERS = MESSAGE_KINDS.flatMap((kind) => (kind === 'appointment-changed' ? [kind, kind] : [kind]));
/** To customers in the first row; to staff, their day and single bookings, in the second. */
const COLUMNS = FOR_CUSTOMERS.length;
const NOT_SENT = { status: 'waiting', attempts: 0, failure: null, rendered: null, sentAt: null, segments: null, deliveredAt: null } as const;
/** Enough to read them, and all sheets together stay below 1.6 MB. */
const SCALE = 0.75;

/** What can stand in a message is in one of them at least: add-ons, what is reserved on a card, a voucher, a least price, and one that is free. */
function aboutOf(kind: MessageKind, isOverpaid = false): AboutAppointment {
  const at = (minutes: number) => instant(START + minutes * MINUTE);
  return {
    ...{ id: 'a', reference: 'K7QM-2FXR', status: 'booked', serviceId: 's', serviceName: 'Cut, colour and care', locationId: 'l', staffId: 'm' },
    ...{ startsAt: at(0), endsAt: at(90), timeZone: 'Europe/Berlin', price: { amount: 12_450, currency: 'EUR' }, createdAt: at(0), changedAt: at(0) },
    ...(kind === 'appointment-booked' && { addOns: ['Scalp massage', 'Blow-dry'] }),
    ...(kind === 'appointment-booked' && { reserves: true as const, reserved: { amount: 12_450, currency: 'EUR' } }),
    ...(kind === 'appointment-reminder' && { discount: { amount: 1_550, currency: 'EUR' } }),
    ...(kind === 'appointment-requested' && { priceType: 'from' as const }),
    ...(kind === 'appointment-approved' && { priceType: 'free' as const, price: { amount: 0, currency: 'EUR' } }),
    ...(kind === 'appointment-cancelled' && { by: 'business' as const }),
    ...(ABOUT_MONEY.includes(kind) && { money: { amount: 2_000, currency: 'EUR' } }),
    ...(kind === 'refund' && { offers: [at(-60), at(120), at(1_440)] }),
    ...(kind === 'appointment-changed' && {
      from: { startsAt: at(-1_440), endsAt: at(-1_350), staffId: 'm' },
      isRepriced: true,
      paid: { amount: isOverpaid ? 15_000 : 4_000, currency: 'EUR' },
    }),
  };
}

function agendaIn(locale: MessageLocale) {
  const { staffId, locationId, timeZone, startsAt, endsAt, createdAt } = aboutOf('appointment-booked');
  const entries = [0, 90, 240].map((minutes) => ({
    ...{ startsAt: instant(startsAt + minutes * MINUTE), endsAt: instant(startsAt + (minutes + 60) * MINUTE) },
    ...{ isRequested: minutes === 240, serviceId: 's', addOns: [], serviceName: minutes === 90 ? 'Cut' : 'Cut, colour and care' },
  }));
  const message = { id: 'a', key: 'a', kind: AGENDA, channel: 'email', locale, userId: 'u', createdAt, ...NOT_SENT } as const;
  return composeAgenda({ ...message, about: { staffId, locationId, timeZone, startsAt, endsAt, date: '2026-12-01' } }, entries, SENDER, LINK, null);
}

function sheetOf(width: number): string {
  const frames = LOCALES.flatMap((locale) => {
    const mails = FOR_CUSTOMERS.map((kind, index) => {
      const link = kind === 'appointment-cancelled' || kind === 'appointment-declined' ? null : LINK;
      return compose({ kind, locale, about: aboutOf(kind, FOR_CUSTOMERS.indexOf(kind) < index) }, SENDER, link);
    });
    const toStaff = FOR_STAFF.map((kind, index) => {
      const told = aboutOf('appointment-booked');
      const { from: before } = aboutOf('appointment-changed');
      const from = { ...told, staffId: 'other' };
      const move = index === 2 && before !== undefined ? { from: before } : index === 3 ? { from } : index === 4 ? { from, toStaffId: 'other' } : {};
      return composeForStaff({ kind, locale, about: { ...told, toStaffId: 'm', ...move } }, SENDER, LINK, null);
    });
    return [...mails, agendaIn(locale), ...toStaff].map(
      ({ html }) => `<iframe width="${width}" srcdoc="${html.replaceAll('&', '&amp;').replaceAll('"', '&quot;')}"></iframe>`,
    );
  });
  return `<!doctype html><html style="color-scheme:light dark"><body style="margin:0;display:grid;gap:8px;grid-template-columns:repeat(${COLUMNS},${width}px)">${frames.join('')}
<style>iframe{border:0;display:block;color-scheme:light dark}</style></body></html>`;
}

const executablePath = findBrowser();
if (executablePath === undefined) throw new Error('there is no Chromium or Chrome on this machine');
mkdirSync(FOLDER, { recursive: true });
const browser = await chromium.launch({ executablePath, args: FLAGS });
for (const width of [360, 700]) {
  for (const colorScheme of ['light', 'dark'] as const) {
    const page = await browser.newPage({ colorScheme, deviceScaleFactor: SCALE, viewport: { width: (width + 8) * COLUMNS, height: 800 } });
    await page.setContent(sheetOf(width));
    const wide = await page.evaluate(() =>
      [...document.querySelectorAll('iframe')].map((frame) => {
        const inside = frame.contentDocument?.documentElement;
        frame.style.height = `${inside?.querySelector('body')?.scrollHeight ?? 0}px`;
        return (inside?.scrollWidth ?? 0) - frame.clientWidth;
      }),
    );
    const file = path.join(FOLDER, `${width}-${colorScheme}.png`);
    await page.screenshot({ path: file, fullPage: true });
    const tooWide = wide.filter((more) => more > 0).length;
    if (tooWide > 0) process.exitCode = 1;
    process.stdout.write(`${file}: ${statSync(file).size} bytes, ${tooWide} mails wider than their window\n`);
    await page.close();
  }
}
await browser.close();
