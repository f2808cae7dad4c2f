import { render } from 'preact';
import { resumeSession } from '../kit/session.ts';
import { loadShop, shop } from '../kit/shop.ts';
import { openLinked } from './appointment.ts';
import { keepLive, readAddress } from './choosing.ts';
import { followBrowser, goOn, stage } from './keeping.ts';
import { Page } from './page.tsx';

/** Reads what there is to book, then whatever the address asks for. Called again when the first try failed. */
export async function open(): Promise<void> {
  await loadShop();
  if (shop.value.state !== 'ready') return;
  document.title = `Book a time – ${shop.value.value.business.name}`;
  readAddress();
  await openLink();
  keepLive();
  await resuming;
  await goOn();
}

async function openLink(): Promise<void> {
  if (await openLinked()) stage.value = 'booked';
}

/** Who asks has to be known before anything is asked again. */
const resuming = resumeSession();
const root = document.getElementById('page');
if (root === null) throw new Error('the page has no element #page');
render(<Page onRetry={open} />, root);
followBrowser();
// A link that is pasted into a tab that is here already.
addEventListener('hashchange', () => void openLink());
await Promise.all([open(), resuming]);
