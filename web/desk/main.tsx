import { effect } from '@preact/signals';
import { render } from 'preact';
import { keepNotified } from '../bell/centre.ts';
import { currentToken, resumeSession, session } from '../kit/session.ts';
import { loadShop, shop } from '../kit/shop.ts';
import { goOnActing } from './acting.ts';
import { keepAddress } from './address.ts';
import { openLanguage } from './languages.ts';
import { keepLoad } from './load.ts';
import { keepNews } from './news.ts';
import { followLinks } from './opening.ts';
import { DeskPage } from './page.tsx';
import { keepPast } from './past.tsx';
import { keepTogether } from './together.ts';
import { shown } from './views.ts';
import { isCustomer, keepWatching, live, startLooking } from './watching.ts';
import { words } from './wording.ts';

/** Reads the catalog as the one who is logged in, and begins to watch. Called again when the first try failed. */
export async function open(): Promise<void> {
  await loadShop({ authorization: `Bearer ${currentToken() ?? ''}` });
  if (shop.value.state !== 'ready') return;
  startLooking();
}

const root = document.getElementById('page');
if (root === null) throw new Error('the page has no element #page');
await openLanguage();
effect(() => {
  if (session.value.state !== 'in') document.title = words.value.top.desk;
});
render(<DeskPage onRetry={open} />, root);

let openFor: string | undefined;
let stopWatching: (() => void) | undefined;
effect(() => {
  const who = session.value.state === 'in' ? session.value.user.id : undefined;
  if (who === openFor) return;
  openFor = who;
  stopWatching?.();
  stopWatching = undefined;
  if (who !== undefined && !isCustomer.peek())
    void open().then(() => {
      if (shop.value.state !== 'ready' || openFor !== who) return;
      const stops = [keepAddress(), keepLoad(), keepPast(), followLinks(), keepNotified(live), keepWatching(shown), keepTogether(), keepNews()];
      stopWatching = () => {
        for (const stop of stops) stop();
      };
    });
});
goOnActing();
await resumeSession();
