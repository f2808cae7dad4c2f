// The tabs of the back office, in the order of the menu.
//
// To add one: write a component that takes `TabProps` in a folder of its own, such as `web/admin/reports/`, and add one entry here. Its code
// is loaded when the tab is first opened; its styles are a link in `web/admin.html`. Lists are a `Listing`, forms a `RecordForm` (web/kit).
import type { ComponentType } from 'preact';
import type { User } from '../kit/session.ts';
import { catalog } from './catalog.ts';
import { nextStep } from './guide/steps.ts';
import { place, type TabProps } from './places.ts';

export type Tab = {
  readonly id: string;
  readonly title: string;
  readonly group: 'Now' | 'What you offer' | 'People' | 'The business';
  readonly roles: readonly User['role'][];
  /** Not always: only while there is something to do in it. */
  readonly isWanted?: () => boolean;
  readonly load: () => Promise<ComponentType<TabProps>>;
};

const OWNER: Tab['roles'] = ['owner'];
const MANAGERS: Tab['roles'] = ['owner', 'manager'];

const TABS: readonly Tab[] = [
  {
    id: 'guide',
    title: 'First steps',
    group: 'Now',
    roles: OWNER,
    isWanted: () => catalog.value.state === 'ready' && (place.value.tab === 'guide' || nextStep(catalog.value.value) !== 'done'),
    load: async () => (await import('./guide/guide-tab.tsx')).GuideTab,
  },
  { id: 'today', title: 'Today', group: 'Now', roles: MANAGERS, load: async () => (await import('./today/today-tab.tsx')).TodayTab },
  { id: 'services', title: 'Services', group: 'What you offer', roles: MANAGERS, load: async () => (await import('./offer/offer-tab.tsx')).ServicesTab },
  {
    id: 'hours',
    title: 'Calendar hours',
    group: 'What you offer',
    roles: MANAGERS,
    load: async () => (await import('./hours/hours-tab.tsx')).HoursTab,
  },
  { id: 'team', title: 'Team', group: 'People', roles: MANAGERS, load: async () => (await import('./team/team-tab.tsx')).TeamTab },
  { id: 'customers', title: 'Customers', group: 'People', roles: MANAGERS, load: async () => (await import('./customers/customers-tab.tsx')).CustomersTab },
  { id: 'messages', title: 'Messages', group: 'People', roles: MANAGERS, load: async () => (await import('./messages/messages-tab.tsx')).MessagesTab },
  { id: 'reports', title: 'Reports', group: 'The business', roles: MANAGERS, load: async () => (await import('./reports/reports-tab.tsx')).ReportsTab },
  { id: 'payments', title: 'Payments', group: 'The business', roles: MANAGERS, load: async () => (await import('./payments/payments-tab.tsx')).PaymentsTab },
  { id: 'users', title: 'Users and roles', group: 'The business', roles: OWNER, load: async () => (await import('./users/users-tab.tsx')).UsersTab },
  {
    id: 'integrations',
    title: 'Integrations',
    group: 'The business',
    roles: MANAGERS,
    load: async () => (await import('./integrations/integrations-tab.tsx')).IntegrationsTab,
  },
  { id: 'settings', title: 'Settings', group: 'The business', roles: MANAGERS, load: async () => (await import('./settings/settings-tab.tsx')).SettingsTab },
  { id: 'audit', title: 'Audit', group: 'The business', roles: OWNER, load: async () => (await import('./audit/audit-tab.tsx')).AuditTab },
  { id: 'system', title: 'System', group: 'The business', roles: MANAGERS, load: async () => (await import('./system/system-tab.tsx')).SystemTab },
];

/** Those of a role. */
export function tabsOf(role: User['role']): readonly Tab[] {
  return TABS.filter(({ roles }) => roles.includes(role));
}

/** Those that are shown now. */
export function tabsFor({ role }: User): readonly Tab[] {
  return tabsOf(role).filter(({ isWanted }) => isWanted === undefined || isWanted());
}
