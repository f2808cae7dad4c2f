import { httpSms } from '../integrations/sms/http-sms.ts';
import { twilioSms } from '../integrations/sms/twilio-sms.ts';
import type { SmsListening } from '../messages/sms-callbacks.ts';
import type { SmsProvider } from '../messages/sms-port.ts';
import type { Outside } from '../model/outside.ts';
import type { Notifications } from '../notifications/notifications.ts';
import type { Database } from '../persistence/database/database.ts';
import { smsStore } from '../persistence/messages/sms-store.ts';
import type { Config } from '../settings/config.ts';

/** The provider of text messages and what it may tell; null: there is none. */
export function openSms(
  { sms, publicUrl }: Config,
  outside: Outside,
  database: Database,
  { onChanged }: Pick<Notifications, 'onChanged'>,
): SmsListening | null {
  if (sms === null || publicUrl === null) return null;
  return { provider: providerOf(sms, publicUrl, outside), store: smsStore(database, onChanged) };
}

function providerOf(sms: NonNullable<Config['sms']>, publicUrl: string, outside: Outside): SmsProvider {
  const { url, token, from } = sms;
  if (sms.provider === 'twilio') return twilioSms(outside, { url, token, oldToken: sms.oldToken, from, account: sms.account, publicUrl });
  return httpSms(outside, { url, token, from, secret: sms.secret, publicUrl });
}
