// Keeps the bell of a page live, for people who work for the business.
import { computed, effect } from '@preact/signals';
import { Live } from '../kit/live.ts';
import { accessToken, currentToken, renewSession, session } from '../kit/session.ts';
import { keepNotified } from './centre.ts';

/** Pause before reconnecting, in case the server refuses every token. */
const COME_BACK_MILLISECONDS = 500;

/** Whose bell it is; `undefined`: a reader who does not work here. */
const staffUser = computed(() => (session.value.state === 'in' && session.value.user.role !== 'customer' ? session.value.user.id : undefined));

/** The socket of the page. */
export const live = new Live({ token: currentToken, onEnded: (reason) => void comeBack(reason) });

async function comeBack(reason: string): Promise<void> {
  if (reason === 'too-slow' || reason === 'shutting-down') return; // the socket comes back by itself
  if (await renewSession()) setTimeout(() => live.reconnect(), COME_BACK_MILLISECONDS);
}

export function followNotifications(): void {
  effect(() => {
    if (accessToken.value !== undefined) live.renewToken();
  });
  effect(() => {
    if (staffUser.value === undefined) return undefined;
    const stop = keepNotified(live);
    live.connect();
    return () => {
      stop();
      live.close();
    };
  });
}
