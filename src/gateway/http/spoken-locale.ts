import type { IncomingHttpHeaders } from 'node:http';
import { MESSAGE_LOCALES, type MessageLocale } from '../../protocol/messages.ts';

/** Browsers send some dozen characters. */
const LONGEST_READ = 500;

/** The language that is preferred of those that e-mails are written in (RFC 9110, 12.5.4); null: none of them. */
export function spokenLocale({ 'accept-language': header = '' }: IncomingHttpHeaders): MessageLocale | null {
  const asked = header
    .slice(0, LONGEST_READ)
    .split(',')
    .map((range) => {
      const [language = '', weight = 'q=1'] = range.split(';').map((part) => part.trim().toLowerCase());
      return {
        locale: MESSAGE_LOCALES.find((known) => known === language.split('-', 1)[0]),
        weight: Number(/^q=([01](?:\.\d{0,3})?)$/.exec(weight)?.[1] ?? 0),
      };
    })
    .filter(({ weight }) => weight > 0)
    .sort((one, other) => other.weight - one.weight);
  return asked.find(({ locale }) => locale !== undefined)?.locale ?? null;
}
