// Nodes are killed between a commit and what follows from it, and what arrived is compared with the log. `node launch.mjs chaos/told/run.ts --rounds 50` is the
// long form; with `--bug NAME` it must find a planted bug.
import assert from 'node:assert/strict';
import { mkdtempDisposable } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { misfits } from '../../chaos/simulator/planting.ts';
import { checkTold } from '../../chaos/told/check-told.ts';
import { TELLING_BUGS } from '../../chaos/told/planted-in-telling.ts';
import type { Arrival, ArrivedMail, BookedMoney, LogRow, ToldHistory, ToldRule } from '../../chaos/told/told-history.ts';
import { runTold } from '../../chaos/told/told-run.ts';
import type { CalendarEvent } from '../../src/actors/calendar/calendar.ts';
import { POSTGRES_MISSING } from '../support/postgres.ts';
import { REDIS_MISSING } from '../support/redis.ts';

const ROUNDS = Number(process.env.ROUNDS ?? 1);
const SEED = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31));

describe('two nodes that are killed between commit and send', { skip: POSTGRES_MISSING || REDIS_MISSING }, () => {
  test(`tell everything that was committed and nothing else, ${ROUNDS} times (SEED=${SEED})`, { timeout: 420_000 + ROUNDS * 60_000 }, async () => {
    await using place = await mkdtempDisposable(join(tmpdir(), 'slotkeeper-told-logs-'));
    const { history, pending, asked, isSettled } = await runTold({ rounds: ROUNDS, seed: SEED, out: place.path, say: () => undefined, bug: null });
    assert.deepEqual([checkTold(history), isSettled], [[], true]);
    assert.equal(pending.length, ROUNDS);
    assert.ok(asked.done > 20 && asked.refused > 0 && history.mails.length > 10 && history.arrivals.length > 50, JSON.stringify(asked));
  });
});

test('every planted bug fits the sources', () => assert.deepEqual(TELLING_BUGS.flatMap(misfits), []));

describe('the program that compares', () => {
  const ADDRESS = 'cora@example.org';
  const CALENDAR = 'calendar';
  const appointment = (startsAt: number, status = 'booked') => ({ id: 'appointment', reference: 'ABCD', status, startsAt });
  const row = (revision: number, event: object): LogRow => ({
    ...{ xid: '7', position: String(revision), calendarId: CALENDAR, revision, at: 0, entryId: `entry-${revision}`, isQuiet: false },
    events: [event as CalendarEvent],
  });
  const [booked, moved] = [Date.UTC(2030, 0, 7, 9), Date.UTC(2030, 0, 7, 10)];
  const log = [
    row(1, { type: 'appointment.booked', appointment: appointment(booked) }),
    row(2, { type: 'appointment.rescheduled', appointment: appointment(moved) }),
  ];
  const arrivalOf = ({ position, revision, events }: LogRow, status = 200): Arrival => {
    const id = Buffer.from(`era/7/${position}`).toString('base64url');
    return { endpoint: 'hook', headerId: id, body: { id, type: events[0]?.type ?? '', calendarId: CALENDAR, revision, data: {} }, status };
  };
  const mailOf = (messageId: string, time: string): ArrivedMail => ({
    ...{ messageId, recipient: ADDRESS, text: 'When: then\nReference: ABCD\n' },
    calendar: `METHOD:REQUEST\nDTSTART:20300107T${time}00Z\n`,
  });
  const [first, second] = log.map((one) => arrivalOf(one)) as [Arrival, Arrival];
  const mails = [mailOf('one', '0900'), mailOf('two', '1000')] as const;
  const rulesOf = (given: Partial<ToldHistory>): readonly ToldRule[] => {
    const endpoints = [{ name: 'hook', types: ['appointment.booked', 'appointment.rescheduled'] }];
    const requiredAfter = { xid: '7', position: '0' };
    return checkTold({ log, books: [], endpoints, requiredAfter, arrivals: [first, second], mails, addressOf: () => ADDRESS, ...given }).map(
      ({ rule }) => rule,
    );
  };

  test('has nothing to say where all is well, repeats included', () => {
    assert.deepEqual(rulesOf({}), []);
    assert.deepEqual(rulesOf({ arrivals: [{ ...first, status: 503 }, first, first, second], mails: [...mails, mails[1]] }), []);
  });
  const broken: readonly (readonly [string, Partial<ToldHistory>, readonly ToldRule[]])[] = [
    ['a webhook that never comes', { arrivals: [first] }, [1]],
    ['a webhook that was never taken', { arrivals: [first, { ...second, status: 503 }] }, [1]],
    ['a webhook about what never happened', { arrivals: [first, second, arrivalOf(row(3, { type: 'appointment.booked' }))] }, [2]],
    ['a webhook about something else', { arrivals: [first, second, { ...second, body: { ...second.body, revision: 1 } }] }, [2]],
    ['a type that was not asked for', { endpoints: [{ name: 'hook', types: ['appointment.booked'] }] }, [2]],
    ['a repeat with another text', { arrivals: [first, { ...first, body: { ...first.body, data: { a: 1 } } }, second] }, [3]],
    ['a header with another id', { arrivals: [first, { ...second, headerId: first.headerId }] }, [3]],
    ['a webhook before the one before it', { arrivals: [second, first] }, [4]],
    ['an old one after a newer one', { arrivals: [first, second, first] }, [4]],
    ['a mail that never comes', { mails: [mails[0]] }, [1]],
    ['a mail too many', { mails: [...mails, mailOf('three', '1000')] }, [2]],
    ['a mail to who has not booked', { mails: [...mails, { ...mails[0], messageId: 'four', recipient: 'eve@example.org' }] }, [2]],
    ['a mail that the customer was to be spared', { log: log.map((one, index) => ({ ...one, isQuiet: index === 1 })) }, [2]],
    ['a mail that comes again with another text', { mails: [...mails, { ...mails[0], text: 'Reference: ABCD\n' }] }, [3]],
    ['a mail with another time', { mails: [mails[0], mailOf('two', '1030')] }, [1, 2]],
  ];
  const money = ['receipt/p', 'refund/r'].map((key, index) => ({
    key,
    appointmentId: 'appointment',
    amount: 100 - index,
    isBack: index === 1,
  })) as BookedMoney[];
  const [paid, back] = money.map(({ appointmentId, amount, isBack }, index): Arrival => {
    const data = { paymentId: 'p', appointmentId, amount: { amount, currency: 'EUR' }, ...(isBack && { refundId: 'r' }) };
    const id = `money-${index}`;
    return {
      endpoint: 'hook',
      headerId: id,
      status: 200,
      body: { id, type: isBack ? 'payment.refunded' : 'payment.succeeded', calendarId: null, revision: 0, data },
    };
  }) as [Arrival, Arrival];
  const receipts = [1, 2].map((nth): ArrivedMail => ({ messageId: `receipt-${nth}`, recipient: ADDRESS, text: 'Reference: ABCD\n', calendar: undefined }));
  const withMoney = { books: money, endpoints: [{ name: 'hook', types: ['payment.succeeded', 'payment.refunded'] }], mails: [...mails, ...receipts] };
  const moneyRules: readonly (readonly [string, Partial<ToldHistory>, readonly ToldRule[]])[] = [
    ['nothing where all is told, repeats included', { arrivals: [{ ...paid, status: 503 }, paid, back, back] }, []],
    ['a payment that is never told', { arrivals: [paid] }, [1]],
    ['a payment that is in no books', { books: [], mails, arrivals: [paid] }, [2]],
    ['a payment with another amount', { arrivals: [paid, { ...back, body: { ...back.body, data: { ...back.body.data, amount: { amount: 7 } } } }] }, [2, 1]],
    ['a payment under two ids', { arrivals: [paid, back, { ...back, headerId: 'other', body: { ...back.body, id: 'other' } }] }, [3]],
    ['a refund before its payment', { arrivals: [back, paid] }, [4]],
    ['a receipt that never comes', { arrivals: [paid, back], mails }, [1, 1]],
  ];
  for (const [name, given, rules] of moneyRules) test(`finds, of money, ${name}`, () => assert.deepEqual(rulesOf({ ...withMoney, ...given }), rules));
  for (const [name, given, rules] of broken) test(`finds ${name}`, () => assert.deepEqual(rulesOf(given), rules));
});
