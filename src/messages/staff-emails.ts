// What a staff member is told by e-mail of single appointments of theirs, while others book, ask for, change and cancel them. Off at first; each person switches each kind on for
// themselves. It names no customer, as mails are kept elsewhere, and names are in the calendar. Pure.
import { sentence, TAGS } from '../mail/formats.ts';
import { DAY, type Instant } from '../model/instant.ts';
import { wireTime } from '../protocol/wire-times.ts';
import { type Composed, cellsOf, dayOf, laidOut, oneLine, rowsOf, type Sender, textOf, WORDS } from './compose.ts';
import { htmlOf, type Said } from './mail-html.ts';
import type { AboutForStaff, StoredStaffEmail } from './message.ts';
import type { TakenStaffEmail } from './message-queue-port.ts';
import type { TemplateText } from './template.ts';

/** What they were not told within a day they have seen in the calendar. */
const LIFE_MS = DAY;

/** Why it is not sent. */
export function whyNoStaffEmail({ message: { about, createdAt }, to, isWanted, staffId }: TakenStaffEmail, now: Instant): string | null {
  if (to === null || staffId !== about.toStaffId) return 'no-address';
  if (!isWanted) return 'switched-off';
  return about.endsAt <= now || createdAt + LIFE_MS <= now ? 'too-late' : null;
}

/** `desk`: the address of the calendar, which opens the appointment. `template`: what the business makes it say; null: what it says by default. */
export function composeForStaff(
  { kind, locale, about }: Pick<StoredStaffEmail, 'kind' | 'locale' | 'about'>,
  sender: Sender,
  desk: string,
  template: TemplateText | null,
): Composed {
  const words = WORDS[locale];
  const service = oneLine(about.serviceName ?? sender.nameOfService(about.serviceId) ?? '');
  const move = moveOf(about);
  const spoken = {
    ...{ business: oneLine(sender.business), service, date: dayOf(about.startsAt, about.timeZone, locale), move },
    by: about.status === 'declined' ? 'declined' : (about.by ?? 'business'),
  };
  const say = (text: string) => sentence(TAGS[locale], text, spoken);
  const { subject, heading, lead } = words.staff[kind];
  const cells = cellsOf(about, sender, locale, service);
  const values = { ...cells, ...spoken, explanation: say(lead) };
  const mail: Said = {
    ...laidOut({ subject: say(subject), heading: say(heading), lead: values.explanation }, template, values),
    rows: rowsOf({ ...cells, voucher: '', price: '', reserved: '', staff: move === 'away' ? cells.staff : '' }, words),
    action: { text: words.agenda.open, link: linkTo(about, desk) },
    footer: say(words.footer),
  };
  return { subject: mail.subject, text: textOf(mail), html: htmlOf(mail, locale) };
}

/** Of the calendar of its reader. */
function moveOf({ staffId, from, toStaffId }: AboutForStaff): 'away' | 'here' | 'none' {
  if (from === undefined || from.staffId === staffId) return 'none';
  return toStaffId === staffId ? 'here' : 'away';
}

/** As links of notifications are. What is in the calendar of a colleague, its reader may not be allowed to open. */
function linkTo({ id, staffId, toStaffId, startsAt, timeZone }: AboutForStaff, desk: string): string {
  if (staffId !== toStaffId) return desk;
  return `${desk}#${new URLSearchParams({ appointment: id, staff: staffId, at: wireTime(startsAt, timeZone) })}`;
}
