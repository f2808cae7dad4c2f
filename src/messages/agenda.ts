// What the day brings a staff member, told by e-mail in its morning. Derived, as reminders are: a look finds who has appointments today and no agenda for the day yet, so there is one
// for each person and day, whatever was killed in between. On a day without appointments there is none.
import { randomUUIDv7 } from 'node:crypto';
import { z } from 'zod';
import type { Location } from '../catalog/catalog.ts';
import type { JobKind } from '../jobs/job.ts';
import { dateFormatOf, dateText, sentence, TAGS } from '../mail/formats.ts';
import { type Instant, instant } from '../model/instant.ts';
import { AGENDA, type MessageLocale } from '../protocol/messages.ts';
import { type Composed, laidOut, oneLine, type Sender, textOf, WORDS, withAddOns } from './compose.ts';
import { htmlOf, type Said } from './mail-html.ts';
import type { AboutAppointment, AboutDay, NewAgenda, StoredAgenda } from './message.ts';
import type { AgendaEntry, TakenAgenda } from './message-queue-port.ts';
import type { DayPlaceholder, TemplateText } from './template.ts';

/** Hours by the clock of the location: before the first appointment, and not after the day has begun in earnest, as when the server was off. */
const MORNING = { from: 6, until: 11 } as const;
/** Written in one statement. */
const MOST_AT_ONCE = 500;
/** More staff than an installation may have. */
const MOST_ROUNDS = 20;
/** A day has fewer; what is beyond is in the calendar. */
const MOST_LISTED = 60;

/** Who has appointments on one of these days and no agenda for it yet. */
export type DueAgenda = Pick<NewAgenda, 'userId' | 'locale'> & Pick<AboutDay, 'staffId' | 'locationId'>;
export type AgendaStore = {
  dueAgendas(days: readonly Omit<AboutDay, 'staffId'>[], limit: number): Promise<readonly DueAgenda[]>;
  /** What is there already stays. */
  addAgendas(agendas: readonly NewAgenda[]): Promise<void>;
};
type AgendaParts = {
  readonly store: AgendaStore;
  readonly locations: () => Iterable<Pick<Location, 'id' | 'timeZone'>>;
  readonly onAdded: () => void;
  readonly now: () => Instant;
};

export function agendaJob({ store, locations, onAdded, now }: AgendaParts): JobKind<object> {
  return {
    name: 'agenda',
    payload: z.object({}),
    atOnce: 1,
    expireSeconds: 120,
    retries: { most: 0, firstDelaySeconds: 0, longestDelaySeconds: 0 },
    schedule: '*/10 * * * *',
    async work(_, { signal }) {
      const at = now();
      const days = [...locations()].flatMap(({ id, timeZone }) => morningAt(id, timeZone, at));
      for (let round = 0; round < MOST_ROUNDS && !signal.aborted && days.length > 0; round += 1) {
        const due = await store.dueAgendas(days, MOST_AT_ONCE);
        if (due.length === 0) return;
        await store.addAgendas(due.flatMap((one) => agendaOf(one, days, at)));
        onAdded();
      }
    },
  };
}

function morningAt(locationId: string, timeZone: string, at: Instant): readonly Omit<AboutDay, 'staffId'>[] {
  const { hour } = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone);
  return hour < MORNING.from || hour >= MORNING.until ? [] : [dayAround(locationId, timeZone, at)];
}

/** By the clock of the location, from midnight to midnight. */
function dayAround(locationId: string, timeZone: string, at: Instant): Omit<AboutDay, 'staffId'> {
  const midnight = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone).startOfDay();
  const endsAt = instant(midnight.add({ days: 1 }).epochMilliseconds);
  return { locationId, timeZone, date: midnight.toPlainDate().toString(), startsAt: instant(midnight.epochMilliseconds), endsAt };
}

function agendaOf({ userId, locale, staffId, locationId }: DueAgenda, days: readonly Omit<AboutDay, 'staffId'>[], createdAt: Instant): readonly NewAgenda[] {
  const day = days.find((one) => one.locationId === locationId);
  if (day === undefined) return [];
  const key = `agenda/${userId}/${day.date}`;
  return [{ id: randomUUIDv7(), key, kind: AGENDA, channel: 'email', locale, userId, about: { ...day, staffId }, createdAt }];
}

/** Why it is not sent. */
export function whyNoAgenda({ message: { about }, to, isWanted, entries }: TakenAgenda, now: Instant): string | null {
  if (to === null) return 'no-address';
  if (!isWanted) return 'switched-off';
  if (about.endsAt <= now) return 'too-late';
  return entries.length === 0 ? 'nothing-that-day' : null;
}

/** What an agenda says of the day of one appointment, which stands for all of them. */
export function composeSampleAgenda(
  appointment: AboutAppointment,
  locale: MessageLocale,
  sender: Sender,
  link: string,
  template: TemplateText | null,
): Composed {
  const { staffId, locationId, timeZone, startsAt, endsAt, status, serviceId, serviceName = null, addOns = [] } = appointment;
  const about = { ...dayAround(locationId, timeZone, startsAt), staffId };
  return composeAgenda({ locale, about }, [{ startsAt, endsAt, isRequested: status === 'pending', serviceId, serviceName, addOns }], sender, link, template);
}

/** It names no customer: mails are kept elsewhere, and names are in the calendar. `template`: what the business makes it say; null: what it says by default. */
export function composeAgenda(
  { locale, about }: Pick<StoredAgenda, 'locale' | 'about'>,
  entries: readonly AgendaEntry[],
  sender: Sender,
  link: string,
  template: TemplateText | null,
): Composed {
  const words = WORDS[locale];
  const tag = TAGS[locale];
  const { timeZone } = about;
  const date = dateText(tag, { timeZone, weekday: 'long', day: 'numeric', month: 'long' }, about.startsAt);
  const business = oneLine(sender.business);
  const appointments = sentence(tag, words.agenda.appointments, { count: entries.length });
  const say = (text: string) => sentence(tag, text, { business, date, appointments });
  const time = dateFormatOf(tag, { timeZone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  const rows = entries.slice(0, MOST_LISTED).map(({ startsAt, endsAt, isRequested, serviceId, serviceName, addOns }) => {
    const service = oneLine(withAddOns(serviceName ?? sender.nameOfService(serviceId) ?? '', addOns));
    return [`${time.format(startsAt)} – ${time.format(endsAt)}`, isRequested ? sentence(tag, words.agenda.requested, { service }) : service] as const;
  });
  const left = entries.length - rows.length;
  const { subject, heading, lead } = words.agenda;
  const names = { staff: oneLine(sender.nameOfStaff(about.staffId) ?? ''), where: oneLine(sender.placeOf(about.locationId) ?? '') };
  const values = { business, date, appointments, ...names } satisfies Record<DayPlaceholder, string>;
  const said = laidOut({ subject: say(subject), heading: say(heading), lead: say(lead) }, template, values);
  const mail: Said = {
    ...said,
    blocks: said.blocks.flatMap((block) => (block === 'details' && left > 0 ? [block, { text: sentence(tag, words.agenda.more, { count: left }) }] : [block])),
    rows,
    action: { text: words.agenda.open, link },
    footer: say(words.footer),
  };
  return { subject: mail.subject, text: textOf(mail), html: htmlOf(mail, locale) };
}
