// Who is told about a booking, before it is made.
import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { MessageKind, MessageSettings } from '../../src/protocol/messages.ts';
import { askAs } from '../session.ts';

/** `undefined`: not known, as for staff, who may not read settings. */
const settings = signal<Pick<MessageSettings, 'email' | 'sms'> | undefined>(undefined);

type Props = { readonly kind: MessageKind; readonly email: string; readonly phone: string };

export function WhoIsTold({ kind, email, phone }: Props) {
  useEffect(() => {
    void askAs<{ messages: MessageSettings }>('GET', '/v1/settings').then((answer) => {
      if (answer.ok) settings.value = answer.body.messages;
    });
  }, []);
  const known = settings.value;
  return (
    <p class="soft who-is-told">
      {toldWords({ email: email.trim(), phone: phone.trim(), byEmail: known?.email[kind] ?? true, bySms: known?.sms[kind] ?? false })}
    </p>
  );
}

type Told = { readonly email: string; readonly phone: string; readonly byEmail: boolean; readonly bySms: boolean };

function toldWords({ email, phone, byEmail, bySms }: Told): string {
  const isMailed = email !== '' && byEmail;
  const isTexted = phone !== '' && bySms;
  if (isMailed && isTexted) return `An e-mail goes to ${email}, and a text to ${phone} if it is a mobile number.`;
  if (isMailed) return `An e-mail goes to ${email}.`;
  if (isTexted) return `A text goes to ${phone} if it is a mobile number.`;
  if (email === '' && phone === '') return 'Nobody is told: there is no e-mail address and no phone number.';
  if (email === '') return 'Nobody is told: there is no e-mail address, and no texts are sent about bookings.';
  return 'Nobody is told: no e-mails are sent about bookings.';
}
