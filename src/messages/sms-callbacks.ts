// What a provider tells of messages that it has taken, and of people who answer them.
import { type Failed, failed, failedField } from '../protocol/reply.ts';
import type { SmsCallback, SmsProvider } from './sms-port.ts';
import type { SmsStore } from './sms-store-port.ts';

/** Words that providers and laws know: CTIA's, and their like in the languages of the messages. */
const STOP: ReadonlySet<string> = new Set([
  'stop',
  'stopall',
  'unsubscribe',
  'cancel',
  'end',
  'quit',
  'stopp',
  'abmelden',
  'arret',
  'arreter',
  'baja',
  'alto',
  'parar',
  'sair',
]);
const START: ReadonlySet<string> = new Set(['start', 'unstop', 'yes', 'ja', 'oui', 'si', 'sim']);
const E164 = /^\+[1-9]\d{6,14}$/;

export type SmsListening = { readonly provider: SmsProvider; readonly store: Pick<SmsStore, 'report' | 'keepConsent'> };
export type CallbackOutcome = 'taken' | Failed;

const NOT_SIGNED = failedField('invalid-request', 'signature', 'is missing, or is not of the provider');

/** `listening`: null where there is no provider. */
export async function takeReport(listening: SmsListening | null, name: string, callback: SmsCallback): Promise<CallbackOutcome> {
  if (listening === null || listening.provider.name !== name) return failed('not-found');
  const report = listening.provider.readReport(callback);
  if (report === 'not-signed') return NOT_SIGNED;
  // A message that is forgotten by now is told about for nothing, and is no reason to tell it again.
  if (report !== null) await listening.store.report(report);
  return 'taken';
}

/** Only words that end or begin the messages matter. What else people write goes nowhere and is not kept. */
export async function takeReply(listening: SmsListening | null, name: string, callback: SmsCallback): Promise<CallbackOutcome> {
  if (listening === null || listening.provider.name !== name) return failed('not-found');
  const reply = listening.provider.readReply(callback);
  if (reply === 'not-signed') return NOT_SIGNED;
  if (reply === null || !E164.test(reply.from)) return 'taken';
  const word = wordOf(reply.text);
  if (STOP.has(word) || START.has(word)) await listening.store.keepConsent({ id: `${name}/${reply.id}`, number: reply.from, isOptedOut: STOP.has(word) });
  return 'taken';
}

/** Without accents, marks and case. */
function wordOf(text: string): string {
  return text
    .slice(0, 100)
    .normalize('NFD')
    .replaceAll(/[^\p{L}]/gu, '')
    .toLowerCase();
}
