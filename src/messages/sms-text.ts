// A text message as it leaves: short, in at most three segments, without a link. The link to manage an appointment is a key, and providers keep what they send. Pure.
import { dateText, moneyText, sentence, TAGS } from '../mail/formats.ts';
import { oneLine, type Sender, WORDS } from './compose.ts';
import type { NewMessage } from './message.ts';
import { plainText, segmentsOf } from './sms-segments.ts';
import { filled, MOST_SEGMENTS, SHORTEST_NAMES } from './template.ts';

/** Names are cut further and further, until the text is short enough. With ten characters each it is in every language. */
const LONGEST_NAMES = [60, 40, 25, SHORTEST_NAMES] as const;

/** What no text has. */
const NOTHING = { when: '', where: '', price: '', before: '', explanation: '', offers: '' };

export type SmsText = { readonly text: string; readonly segments: number };

/** `takesReplies`: a reminder says how to get no more of them. `template`: what the business makes it say; null: what it says by default. */
export function smsText(
  { kind, locale, about }: Pick<NewMessage, 'kind' | 'locale' | 'about'>,
  sender: Sender,
  takesReplies: boolean,
  template: string | null = null,
): SmsText {
  const words = WORDS[locale].sms;
  const stop = kind === 'appointment-reminder' && takesReplies ? ` ${words.stop}` : '';
  const format = { weekday: 'short', day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
  const date = dateText(TAGS[locale], { timeZone: about.timeZone, ...format }, about.startsAt);
  const amount = about.money === undefined ? '' : moneyText(TAGS[locale], about.money.amount, about.money.currency);
  const service = about.serviceName ?? sender.nameOfService(about.serviceId) ?? '';
  const texts = LONGEST_NAMES.map((longest) => {
    const names = { business: shortened(sender.business, longest), service: shortened(service, longest) };
    const staff = shortened(sender.nameOfStaff(about.staffId) ?? '', longest);
    const said =
      template === null
        ? sentence(TAGS[locale], words[kind], { ...names, date, amount, by: about.by ?? 'customer' })
        : filled(template, { ...NOTHING, ...names, date, amount, staff, reference: about.reference });
    const text = plainText(oneLine(said + stop));
    return { text, segments: segmentsOf(text) };
  });
  const [shortest] = texts.slice(-1);
  const found = texts.find(({ segments }) => segments <= MOST_SEGMENTS) ?? shortest;
  if (found === undefined || found.segments > MOST_SEGMENTS) throw new Error(`a text of kind ${kind} in ${locale} is too long`);
  return found;
}

function shortened(name: string, longest: number): string {
  const characters = [...oneLine(name)];
  return characters.length <= longest ? characters.join('') : `${characters.slice(0, longest - 1).join('')}.`;
}
