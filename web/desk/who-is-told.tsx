// Who is told about a booking, before it is made.
import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { MessageKind, MessageSettings } from '../../src/protocol/messages.ts';
import { askAs } from '../kit/session.ts';
import { words } from './wording.ts';

type Settings = { readonly messages: Pick<MessageSettings, 'email' | 'sms'>; readonly sends: { readonly email: boolean; readonly sms: boolean } };
/** `undefined`: not known, as for staff, who may not read settings. */
const settings = signal<Settings | undefined>(undefined);

type Props = {
  readonly kind: MessageKind;
  readonly email: string;
  readonly phone: string;
  /** Where several are asked about. */ readonly name?: string | undefined;
};

export function WhoIsTold({ kind, email, phone, name }: Props) {
  useEffect(() => {
    void askAs<Settings>('GET', '/v1/settings').then((answer) => {
      if (answer.ok) settings.value = answer.body;
    });
  }, []);
  const known = settings.value;
  const told = { email: email.trim(), phone: phone.trim(), isWanted: { email: known?.messages.email[kind] ?? true, sms: known?.messages.sms[kind] ?? false } };
  return (
    <p class="soft who-is-told">
      {name !== undefined && `${name}: `}
      {toldWords({ ...told, sends: known?.sends ?? { email: true, sms: true } })}
    </p>
  );
}

type By = { readonly email: boolean; readonly sms: boolean };
type Told = { readonly email: string; readonly phone: string; readonly isWanted: By; readonly sends: By };

function toldWords({ email, phone, isWanted, sends }: Told): string {
  const text = words.value.telling;
  const [hasMail, hasText] = [email !== '' && isWanted.email, phone !== '' && isWanted.sms];
  const [isMailed, isTexted] = [hasMail && sends.email, hasText && sends.sms];
  if (isMailed && isTexted) return text.both({ email, phone });
  if (isMailed) return text.mail({ email });
  if (isTexted) return text.text({ phone });
  if (hasMail) return text.noMailServer;
  if (hasText) return text.noProvider;
  if (email === '' && phone === '') return text.noContact;
  if (email === '') return text.noAddress;
  return text.noMails;
}
