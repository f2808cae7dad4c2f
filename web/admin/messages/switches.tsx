// Which messages are sent, and when.
import type { z } from 'zod';
import type { MessageSettingsChange } from '../../../src/protocol/messages.ts';
import type { settings } from '../../../src/protocol/settings.ts';
import { type Kind, lineOrNone, several, spanWords, type Typed, tags } from '../../kit/field-kinds.tsx';
import { listed } from '../../kit/money-and-time.ts';
import { Read, useReading } from '../../kit/reading.tsx';
import { askAs } from '../../kit/session.ts';
import type { FieldsOf, Values } from '../drafts.ts';
import { FormPart, RecordForm } from '../record-form.tsx';
import { change } from '../writes.ts';
import { CUSTOMER_KINDS, namesOf } from './kind-words.ts';

type Settings = z.output<typeof settings>;
type Hours = MessageSettingsChange['quietHours'];
const SWITCHED = namesOf(CUSTOMER_KINDS);

/** "21:00 – 08:00" */
function quietHours(): Kind<Hours> {
  const text = lineOrNone('text', 'never');
  const words = (hours: Hours) => (hours == null ? null : `${hours.from} – ${hours.to}`);
  return {
    ...text,
    show: (hours) => words(hours) ?? '',
    say: (hours) => words(hours) ?? 'never',
    read: (typed) => {
      if (String(typed).trim() === '') return { value: null };
      const [, from, to] = /^\s*(\d\d:\d\d)\s*[–-]\s*(\d\d:\d\d)\s*$/.exec(String(typed)) ?? [];
      return from === undefined ? { wrong: 'must be two times, such as 21:00 – 08:00' } : { value: { from, to } };
    },
  };
}

const UNITS: Readonly<Record<string, number>> = { min: 1, h: 60, d: 1440 };

/** "1 d, 2 h" */
function reminders(): Kind<readonly number[]> {
  const text = tags();
  const short = (minutes: number) => (minutes % 1440 === 0 ? `${minutes / 1440} d` : minutes % 60 === 0 ? `${minutes / 60} h` : `${minutes} min`);
  return {
    ...text,
    show: (value) => value.map(short).join(', '),
    say: (value) => (value.length === 0 ? 'no reminders' : `${listed(value.map(spanWords))} before`),
    read: (typed: Typed) => {
      const parts = String(typed)
        .split(',')
        .filter((part) => part.trim() !== '')
        .map((part) => /^\s*(\d{1,5})\s*(min|h|d)\w*\s*$/.exec(part));
      if (parts.some((part) => part === null)) return { wrong: 'must be times such as 1 d, 2 h' };
      return { value: parts.map((part) => Number(part?.[1]) * (UNITS[part?.[2] ?? ''] ?? 1)) };
    },
  };
}

type Shown = { readonly email: readonly string[]; readonly sms: readonly string[]; readonly quietHours: Hours; readonly reminderMinutes: readonly number[] };

const options = SWITCHED.map((kind) => ({ value: kind, words: CUSTOMER_KINDS[kind] }));
const FIELDS: FieldsOf<Shown> = {
  email: { label: 'By e-mail', kind: several(options) },
  sms: { label: 'Also as a text', kind: several(options), hint: 'To customers with a mobile number.' },
  reminderMinutes: { label: 'Reminders before the start', kind: reminders(), hint: 'Up to three, such as 1 d, 2 h. Empty: none.' },
  quietHours: {
    label: 'Texts wait between',
    kind: quietHours(),
    isOptional: true,
    hint: 'Such as 21:00 – 08:00, by the clock of the customer. Empty: they never wait.',
  },
};

const shownOf = ({ messages: { email, sms, quietHours: quiet, reminderMinutes }, version }: Settings): Values => ({
  email: SWITCHED.filter((kind) => email[kind]),
  sms: SWITCHED.filter((kind) => sms[kind]),
  quietHours: quiet,
  reminderMinutes,
  version,
});

const switchesOf = (on: unknown) => Object.fromEntries(SWITCHED.map((kind) => [kind, Array.isArray(on) && on.includes(kind)]));

export function Switches() {
  const reading = useReading(() => askAs<Settings>('GET', '/v1/settings'));
  const reread = async () => {
    const answer = await askAs<Settings>('GET', '/v1/settings');
    return answer.ok ? shownOf(answer.body) : undefined;
  };
  const save = ({ email, sms, ...rest }: Values, version: number | undefined) => {
    const messages = { ...rest, ...(email !== undefined && { email: switchesOf(email) }), ...(sms !== undefined && { sms: switchesOf(sms) }) };
    return change<Settings>('PATCH', '/v1/settings', { messages }, version);
  };
  return (
    <Read reading={reading}>
      {(known) => (
        <RecordForm
          id="messages/switches"
          fields={FIELDS}
          record={shownOf(known)}
          reread={reread}
          save={save}
          onSaved={() => void reading.again()}
          words={{ save: 'Save', saved: 'Saved.' }}
          reach={() => 'This counts for messages from now on.'}
        >
          {(form) => (
            <>
              {!known.sends.email && <p class="banner">No mail server is set up: e-mails are listed here and not sent.</p>}
              {!known.sends.sms && <p class="banner">No provider of texts is set up: texts are not sent.</p>}
              <FormPart title="Which are sent" form={form} rows={[['email'], ['sms']]} />
              <FormPart title="When" form={form} rows={[['reminderMinutes', 'quietHours']]} />
            </>
          )}
        </RecordForm>
      )}
    </Read>
  );
}
