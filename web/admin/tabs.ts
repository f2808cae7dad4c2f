// The tabs of the back office, in the order of the menu.
//
// To add one: write a component that takes `TabProps` in a folder of its own, such as `web/admin/reports/`, and add one entry here. Its code
// is loaded when the tab is first opened; its styles are a link in `web/admin.html`. Lists are a `Listing`, forms a `RecordForm` (web/kit).
import type { ComponentType } from 'preact';
import type { User } from '../kit/session.ts';
import type { TabProps } from './places.ts';

export type Tab = {
  readonly id: string;
  readonly title: string;
  readonly group: 'Now' | 'What you offer' | 'People' | 'The business';
  readonly roles: readonly User['role'][];
  readonly load: () => Promise<ComponentType<TabProps>>;
};

const MANAGERS: Tab['roles'] = ['owner', 'manager'];

const TABS: readonly Tab[] = [
  { id: 'services', title: 'Services', group: 'What you offer', roles: MANAGERS, load: async () => (await import('./offer/offer-tab.tsx')).ServicesTab },
];

export function tabsFor({ role }: User): readonly Tab[] {
  return TABS.filter(({ roles }) => roles.includes(role));
}
