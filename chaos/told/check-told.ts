// Compares what arrived outside with the change log. It shares no code with what sends.
import type { CalendarEvent } from '../../src/actors/calendar/calendar.ts';
import type { Arrival, ArrivedMail, BookedMoney, LogRow, ToldHistory, ToldRule, ToldViolation } from './told-history.ts';

type LoggedFact = { readonly place: number; readonly row: LogRow; readonly event: CalendarEvent; readonly subject: string };
/** By `xid/position/index`, which is what a `webhook-id` says. */
type Facts = ReadonlyMap<string, LoggedFact>;

export function checkTold(history: ToldHistory): readonly ToldViolation[] {
  const facts = factsOf(history.log);
  const ofEndpoints = history.endpoints.flatMap((endpoint) => [...checkEndpoint(history, facts, endpoint), ...checkMoney(history, endpoint)]);
  return [...ofEndpoints, ...checkMails(history, facts)];
}

function factsOf(log: readonly LogRow[]): Facts {
  const facts = new Map<string, LoggedFact>();
  for (const row of log) {
    for (const [index, event] of row.events.entries())
      facts.set(`${row.xid}/${row.position}/${index}`, { place: facts.size, row, event, subject: subjectOf(event, row) });
  }
  return facts;
}

function subjectOf(event: CalendarEvent, { calendarId }: LogRow): string {
  if ('appointment' in event) return event.appointment.id;
  if ('hold' in event) return event.hold.id;
  return 'block' in event ? event.block.id : calendarId;
}

function checkEndpoint({ arrivals, requiredAfter }: ToldHistory, facts: Facts, endpoint: ToldHistory['endpoints'][number]): readonly ToldViolation[] {
  const violations: ToldViolation[] = [];
  const broken = (rule: ToldRule, what: string) => violations.push({ rule, what: `${endpoint.name}: ${what}` });
  const first = new Map<LoggedFact, Arrival>();
  const reached = new Map<string, LoggedFact>();
  const taken = new Set<LoggedFact>();
  for (const arrival of arrivals.filter((one) => one.endpoint === endpoint.name && !isMoney(one))) {
    const { body, headerId, status } = arrival;
    const fact = factNamed(facts, body.id);
    if (fact === undefined || fact.event.type !== body.type || fact.row.calendarId !== body.calendarId || fact.row.revision !== body.revision) {
      broken(2, `${body.type} ${body.calendarId}@${body.revision} under ${body.id} is not in the log`);
      continue;
    }
    if (!endpoint.types.includes(body.type)) broken(2, `${body.type} is none of its types`);
    const before = first.get(fact);
    if (headerId !== body.id || (before !== undefined && JSON.stringify(before.body) !== JSON.stringify(body)))
      broken(3, `${nameOf(fact)} came again as something else`);
    first.set(fact, before ?? arrival);
    const last = reached.get(fact.subject);
    if (last !== undefined && last.place > fact.place) broken(4, `${nameOf(fact)} came after ${nameOf(last)}`);
    reached.set(fact.subject, fact);
    if (status >= 200 && status < 300) taken.add(fact);
  }
  for (const fact of facts.values()) {
    if (endpoint.types.includes(fact.event.type) && isAfter(fact.row, requiredAfter) && !taken.has(fact)) broken(1, `${nameOf(fact)} was never told`);
  }
  return violations;
}

function isMoney({ body }: Arrival): boolean {
  return body.type === 'payment.succeeded' || body.type === 'payment.refunded';
}

type ToldMoney = { readonly paymentId: string; readonly appointmentId: string; readonly refundId?: string; readonly amount: { readonly amount: number } };

/** Each entry of the books arrives under one id, and those of an appointment in their order. */
function checkMoney({ arrivals, books }: ToldHistory, endpoint: ToldHistory['endpoints'][number]): readonly ToldViolation[] {
  const violations: ToldViolation[] = [];
  const broken = (rule: ToldRule, what: string) => violations.push({ rule, what: `${endpoint.name}: ${what}` });
  const places = new Map(books.map(({ key }, place) => [key, place]));
  const first = new Map<string, Arrival>();
  const reached = new Map<string, number>();
  const taken = new Set<string>();
  for (const arrival of arrivals.filter((one) => one.endpoint === endpoint.name && isMoney(one))) {
    const { body, headerId, status } = arrival;
    const data = body.data as ToldMoney;
    const key = body.type === 'payment.refunded' ? `refund/${data.refundId}` : `receipt/${data.paymentId}`;
    const place = places.get(key);
    const entry: BookedMoney | undefined = place === undefined ? undefined : books[place];
    if (place === undefined || entry?.amount !== data.amount.amount || entry.appointmentId !== data.appointmentId) {
      broken(2, `${body.type} ${key} over ${data.amount.amount} is not in the books`);
      continue;
    }
    const before = first.get(key);
    if (headerId !== body.id || (before !== undefined && JSON.stringify(before.body) !== JSON.stringify(body)))
      broken(3, `${key} came again as something else`);
    first.set(key, before ?? arrival);
    const last = reached.get(entry.appointmentId) ?? -1;
    if (last > place) broken(4, `${key} came after ${books[last]?.key}`);
    reached.set(entry.appointmentId, place);
    if (status >= 200 && status < 300) taken.add(key);
  }
  for (const { key, isBack } of books)
    if (endpoint.types.includes(isBack ? 'payment.refunded' : 'payment.succeeded') && !taken.has(key)) broken(1, `${key} was never told`);
  return violations;
}

/** A `webhook-id` is the era, the place in the log, and which of the facts there. */
function factNamed(facts: Facts, id: string): LoggedFact | undefined {
  const [cursor = '', index = '0', ...rest] = id.split('.');
  const [, xid, position, ...more] = Buffer.from(cursor, 'base64url').toString().split('/');
  return rest.length > 0 || more.length > 0 ? undefined : facts.get(`${xid}/${position}/${index}`);
}

function isAfter(one: Pick<LogRow, 'xid' | 'position'>, other: Pick<LogRow, 'xid' | 'position'>): boolean {
  const [xid, otherXid] = [BigInt(one.xid), BigInt(other.xid)];
  return xid === otherXid ? BigInt(one.position) > BigInt(other.position) : xid > otherXid;
}

function nameOf({ event, row, subject }: LoggedFact): string {
  return `${event.type} of ${subject} (${row.calendarId}@${row.revision})`;
}

const TOLD_BY_MAIL = ['appointment.requested', 'appointment.booked', 'appointment.rescheduled', 'appointment.cancelled', 'appointment.declined'];

/** For each appointment, the mails that its facts call for are the mails that came to its customer. */
function checkMails({ mails, books, addressOf }: ToldHistory, facts: Facts): readonly ToldViolation[] {
  const violations: ToldViolation[] = [];
  const { firsts, differing } = withoutRepeats(mails);
  for (const mail of differing) violations.push({ rule: 3, what: `${mail.messageId} to ${mail.recipient} came again as something else` });
  const came = Map.groupBy(firsts, ({ recipient }) => recipient);
  for (const [id, told] of mailedFacts(facts)) {
    const address = addressOf(id);
    const wanted = [...told.map(({ event }) => wantedMail(event)), ...moneyMails(books, id, told)];
    const found = (came.get(address) ?? []).map(foundMail);
    came.delete(address);
    for (const missing of without(wanted, found)) violations.push({ rule: 1, what: `no mail about ${id}: ${missing}` });
    for (const extra of without(found, wanted)) violations.push({ rule: 2, what: `a mail too many about ${id}: ${extra}` });
  }
  for (const [address, extra] of came) violations.push({ rule: 2, what: `${extra.length} mails to ${address}, about nothing in the log` });
  return violations;
}

function withoutRepeats(mails: readonly ArrivedMail[]) {
  const firsts = new Map<string, ArrivedMail>();
  const differing: ArrivedMail[] = [];
  for (const mail of mails) {
    const first = firsts.get(mail.messageId);
    if (first === undefined) firsts.set(mail.messageId, mail);
    else if (first.recipient !== mail.recipient || first.text !== mail.text || first.calendar !== mail.calendar) differing.push(mail);
  }
  return { firsts: [...firsts.values()], differing };
}

/** A decision about several calendars tells an appointment once. */
function mailedFacts(facts: Facts): ReadonlyMap<string, readonly LoggedFact[]> {
  const known = new Set<string>();
  const told = [...facts.values()].filter(({ event, row, subject }) => {
    const decision = `${row.entryId} ${subject}`;
    const isTold = TOLD_BY_MAIL.includes(event.type) && !row.isQuiet && !known.has(decision);
    if (isTold) known.add(decision);
    return isTold;
  });
  return Map.groupBy(told, ({ subject }) => subject);
}

/** A receipt for what has come, and a message about what goes back. */
function moneyMails(books: readonly BookedMoney[], id: string, [first]: readonly LoggedFact[]): readonly string[] {
  if (first === undefined || !('appointment' in first.event)) return [];
  const { reference } = first.event.appointment;
  return books.filter(({ appointmentId }) => appointmentId === id).map(() => mailName(reference, undefined, 0));
}

/** What the customer's calendar is told by it; a request is no entry yet. */
function wantedMail(event: CalendarEvent): string {
  if (!('appointment' in event)) return 'nothing';
  const { reference, status, startsAt } = event.appointment;
  const isEntry = status !== 'pending' && event.type !== 'appointment.declined';
  return mailName(reference, isEntry ? (event.type === 'appointment.cancelled' ? 'CANCEL' : 'REQUEST') : undefined, startsAt);
}

function foundMail({ text, calendar }: ArrivedMail): string {
  const reference = /^Reference: (\S+)$/m.exec(text)?.[1] ?? 'no reference';
  const start = /^DTSTART:(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z/m.exec(calendar ?? '');
  const startsAt = start === null ? 0 : Date.parse(`${start.slice(1, 4).join('-')}T${start.slice(4, 7).join(':')}Z`);
  return mailName(reference, /^METHOD:(\w+)/m.exec(calendar ?? '')?.[1], startsAt);
}

function mailName(reference: string, method: string | undefined, startsAt: number): string {
  return method === undefined ? `${reference}, without a calendar entry` : `${reference}, ${method} ${new Date(startsAt).toISOString()}`;
}

/** Those of `ones` that are not among `others`, each of which stands for one. */
function without(ones: readonly string[], others: readonly string[]): readonly string[] {
  const left = [...others];
  return ones.filter((one) => {
    const index = left.indexOf(one);
    if (index >= 0) left.splice(index, 1);
    return index < 0;
  });
}
