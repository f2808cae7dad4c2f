import { useEffect, useRef } from 'preact/hooks';
import type { User } from '../kit/session.ts';
import { AccountEmails } from './account-emails.tsx';
import { AppointmentList } from './appointment-list.tsx';
import { Calendars } from './calendars.tsx';
import { PasswordChange } from './password-change.tsx';
import { SecondFactorSection } from './second-factor-section.tsx';
import { Sessions } from './sessions.tsx';
import { TimeOffRequests } from './time-off.tsx';

const ROLES = {
  owner: 'Owner',
  manager: 'Manager',
  'front-desk': 'Front desk',
  staff: 'Staff member',
  customer: 'Customer',
} as const satisfies Record<User['role'], string>;

/** Staff connect calendars of their own, managers and owners those of everybody at their location. */
function mayConnect({ role, staffId }: User): boolean {
  return role === 'owner' || role === 'manager' || (role === 'staff' && staffId !== null);
}

/** The account of the logged-in user. */
export function Overview({ user }: { readonly user: User }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus({ preventScroll: true }), []);
  const isCustomer = user.role === 'customer';
  return (
    <div class="overview">
      <div class="who">
        <div>
          <h1 ref={heading} tabIndex={-1}>
            {user.name}
          </h1>
          <p class="soft address">
            {user.email} · {ROLES[user.role]}
          </p>
        </div>
        <div class="actions">
          {(user.role === 'owner' || user.role === 'manager') && (
            <a class="button" href="/admin">
              Back office
            </a>
          )}
          <a class="button primary" href={isCustomer ? '/' : '/desk'}>
            {isCustomer ? 'Book a time' : 'Open the front desk'}
          </a>
        </div>
      </div>
      {isCustomer && <AppointmentList />}
      {user.role === 'owner' && <AccountEmails />}
      {mayConnect(user) && <Calendars user={user} />}
      {user.staffId !== null && <TimeOffRequests staffId={user.staffId} />}
      <PasswordChange email={user.email} />
      <SecondFactorSection />
      <Sessions />
    </div>
  );
}
