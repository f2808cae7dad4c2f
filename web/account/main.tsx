import { effect } from '@preact/signals';
import { render } from 'preact';
import { followNotifications } from '../bell/notified.ts';
import { resumeSession } from '../kit/session.ts';
import { loadShop, shop } from '../kit/shop.ts';
import { AccountPage } from './page.tsx';
import { followAddress, followSession } from './standing.ts';

const root = document.getElementById('page');
if (root === null) throw new Error('the page has no element #page');
followAddress();
followSession();
followNotifications();
effect(() => {
  if (shop.value.state === 'ready') document.title = `Your account – ${shop.value.value.business.name}`;
});
render(<AccountPage />, root);
await Promise.all([loadShop(), resumeSession()]);
