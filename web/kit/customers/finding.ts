// Looking for customers while the user types.
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { CustomerRecordReply } from '../../../src/protocol/customers.ts';
import { type Problem, query, serverNow } from '../api.ts';
import { clock, shortDay } from '../money-and-time.ts';
import { askAs } from '../session.ts';
import { openShop } from '../shop.ts';
import { staffWords } from '../staff-words.ts';
import { viewerZone } from '../zoned-dates.ts';

export type CustomerRecord = CustomerRecordReply;
export type Found =
  | { readonly state: 'idle' }
  | { readonly state: 'searching'; readonly items: readonly CustomerRecord[] }
  /** `asked`: what was typed then; by now it may be more. */
  | { readonly state: 'found'; readonly items: readonly CustomerRecord[]; readonly asked: string }
  | { readonly state: 'failed'; readonly problem: Problem };

/** A pause in typing. */
const PAUSE_MILLISECONDS = 150;
const MOST_SHOWN = 8;

/** What is found is that of the last question; answers to earlier ones are dropped. `typed` empty: nothing is asked. */
export function useFound(typed: string): Found {
  const found = useSignal<Found>({ state: 'idle' });
  const asked = typed.trim();
  useEffect(() => {
    const before = found.peek();
    if (asked === '') {
      found.value = { state: 'idle' };
      return undefined;
    }
    found.value = { state: 'searching', items: 'items' in before ? before.items : [] };
    const abort = new AbortController();
    const timer = setTimeout(async () => {
      const path = `/v1/customers${query({ q: asked, limit: MOST_SHOWN })}`;
      const answer = await askAs<{ readonly items: readonly CustomerRecord[] }>('GET', path, { signal: abort.signal });
      if (abort.signal.aborted) return;
      found.value = answer.ok ? { state: 'found', items: answer.body.items, asked } : { state: 'failed', problem: answer.problem };
    }, PAUSE_MILLISECONDS);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [asked]);
  return found.value;
}

export function itemsOf(found: Found): readonly CustomerRecord[] {
  return 'items' in found ? found.items : [];
}

/** "+49 30 1234567 · ada@example.org" */
export function contactWords({ phone, email }: Pick<CustomerRecord, 'phone' | 'email'>): string {
  return [phone, email].filter((part) => part !== undefined).join(' · ') || staffWords.value.customers.noContact;
}

/** "Next: Fri, 27 Nov, 10:00, Haircut" */
export function nextWords({ nextAppointment }: Pick<CustomerRecord, 'nextAppointment'>): string {
  if (nextAppointment === null) return staffWords.value.customers.noneAhead;
  const { startsAt, locationId, serviceId, serviceName } = nextAppointment;
  const service = serviceName ?? openShop().services.find(({ id }) => id === serviceId)?.name;
  const what = [whenWords(Date.parse(startsAt), zoneOf(locationId)), service].filter((part) => part !== undefined).join(', ');
  return staffWords.value.customers.next({ what });
}

/** With the year, where it is another one than now. */
export function whenWords(at: number, zone: string): string {
  const year = (moment: number) => new Date(moment).getUTCFullYear();
  const day = shortDay(at, zone);
  return `${year(at) === year(serverNow()) ? day : `${day} ${year(at)}`}, ${clock(at, zone)}`;
}

export function zoneOf(locationId: string): string {
  return openShop().locations.find(({ id }) => id === locationId)?.timeZone ?? viewerZone();
}
