import { effect, untracked } from '@preact/signals';
import { render } from 'preact';
import { isEmbedded } from '../kit/api.ts';
import { say } from '../kit/language.ts';
import { resumeSession } from '../kit/session.ts';
import { loadShop, shop } from '../kit/shop.ts';
import { hasOpened, readAddress } from './address.ts';
import { lookAtAppointment, openLinked } from './appointment.ts';
import { linkOf } from './appointment-link.ts';
import { keepLive, live } from './free-times.ts';
import { bookAnother, followBrowser, goOn, justBooked, recount, showLinked, stage } from './keeping.ts';
import { openLanguage, words } from './languages.ts';
import { closeMoving } from './move-step.tsx';
import { Page } from './page.tsx';

/** Reads what there is to book, then whatever the address asks for. Called again when the first try failed. */
export async function open(): Promise<void> {
  await Promise.all([loadShop(), language]);
  if (shop.value.state !== 'ready') return;
  readAddress();
  await openLink();
  hasOpened.value = true;
  // What there is to choose is painted first.
  await new Promise((resolve) => setTimeout(resolve));
  keepLive();
  await resuming;
  await goOn();
}

async function openLink(): Promise<void> {
  if (await openLinked()) showLinked();
}

/** Back and forward between the choice, the appointment, and moving it. What is held is the business of `followBrowser`. */
function followHistory(): void {
  if (shop.value.state !== 'ready' || linkOf(location.hash) !== undefined) return;
  if (stage.value === 'moving') closeMoving();
  else if (history.state?.link !== undefined) void openLink();
  else if (stage.value === 'booked') bookAnother();
  else if (stage.value === 'choosing') readAddress();
}

/** Who asks has to be known before anything is asked again. */
const resuming = resumeSession();
const language = openLanguage();
effect(() => {
  if (shop.value.state === 'ready') document.title = say(words.value.page.title, { business: shop.value.value.business.name });
});
const root = document.getElementById('page');
if (root === null) throw new Error('the page has no element #page');
render(<Page onRetry={open} />, root);
followBrowser();
if (isEmbedded) void import('../embed/inside.ts').then(({ fitIntoSite }) => fitIntoSite({ stage, justBooked }));
addEventListener('popstate', followHistory);
// A link that is pasted into a tab that is here already.
addEventListener('hashchange', () => void openLink());
// As after a device has slept.
effect(() => {
  if (live.state.value === 'live') void untracked(recount);
});
// Who comes back to the page after a while sees what has become of it.
document.addEventListener('visibilitychange', () => {
  if (document.visibilityState !== 'visible') return;
  if (stage.value === 'booked') void lookAtAppointment();
  else void recount();
});
await Promise.all([open(), resuming]);
