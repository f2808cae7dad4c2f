import { effect } from '@preact/signals';
import { render } from 'preact';
import { followNotifications } from '../bell/notified.ts';
import { resumeSession, session } from '../kit/session.ts';
import { loadCatalog } from './catalog.ts';
import { dropDraftsOfOthers } from './drafts.ts';
import { AdminPage } from './page.tsx';
import { followAddress, nameTabs } from './places.ts';
import { tabsOf } from './tabs.ts';
import { goOnWriting } from './writes.ts';

const root = document.getElementById('page');
if (root === null) throw new Error('the page has no element #page');
followAddress();
followNotifications();
let openFor: string | undefined;
effect(() => {
  const user = session.value.state === 'in' ? session.value.user : undefined;
  if (user?.id === openFor) return;
  openFor = user?.id;
  if (user === undefined) return;
  dropDraftsOfOthers(user.id);
  const tabs = tabsOf(user.role);
  nameTabs(tabs.map(({ id }) => id));
  if (tabs.length > 0) void loadCatalog();
});
render(<AdminPage />, root);
await resumeSession();
goOnWriting();
