// What the ORM knows, the same on both engines.
import type { Options } from '@mikro-orm/core';
import { Migrator } from '@mikro-orm/migrations';
import { ApiKeyRow } from './entities/api-key.ts';
import { AppointmentRow } from './entities/appointment.ts';
import { AppointmentPersonRow } from './entities/appointment-person.ts';
import { AuditEntryRow } from './entities/audit-entry.ts';
import { BusinessRow } from './entities/business.ts';
import { CalendarRow } from './entities/calendar.ts';
import { CalendarBaseRow } from './entities/calendar-base.ts';
import { ChangeRow } from './entities/change.ts';
import { ClaimRow } from './entities/claim.ts';
import { ConsumerRow } from './entities/consumer.ts';
import { CustomerRow } from './entities/customer.ts';
import { EntrySourceRow } from './entities/entry-source.ts';
import { FailedLoginRow } from './entities/failed-login.ts';
import { HttpReplyRow } from './entities/http-reply.ts';
import { InvitationRow } from './entities/invitation.ts';
import { LocationRow } from './entities/location.ts';
import { LogCutRow } from './entities/log-cut.ts';
import { LoginSessionRow } from './entities/login-session.ts';
import { NodeRow } from './entities/node.ts';
import { NotificationRow } from './entities/notification.ts';
import { PasswordResetRow } from './entities/password-reset.ts';
import { RecoveryCodeRow } from './entities/recovery-code.ts';
import { RefreshTokenRow } from './entities/refresh-token.ts';
import { RegistrationRow } from './entities/registration.ts';
import { RequestRow } from './entities/request.ts';
import { ResourceRow } from './entities/resource.ts';
import { SecondFactorRow } from './entities/second-factor.ts';
import { SecondFactorSetupRow } from './entities/second-factor-setup.ts';
import { ServiceRow } from './entities/service.ts';
import { SetAsideChangeRow } from './entities/set-aside-change.ts';
import { ShardRow } from './entities/shard.ts';
import { StaffMemberRow } from './entities/staff-member.ts';
import { StaffServiceRow } from './entities/staff-service.ts';
import { UserAccountRow } from './entities/user-account.ts';
import { ApiKeys } from './migrations/api-keys.ts';
import { AppointmentLists } from './migrations/appointment-lists.ts';
import { Audit } from './migrations/audit.ts';
import { ChangePositions } from './migrations/change-positions.ts';
import { Consumers } from './migrations/consumers.ts';
import { Countries } from './migrations/countries.ts';
import { DemoMark } from './migrations/demo-mark.ts';
import { FailedLogins } from './migrations/failed-logins.ts';
import { FirstTables } from './migrations/first-tables.ts';
import { FormerStaff } from './migrations/former-staff.ts';
import { Groups } from './migrations/groups.ts';
import { GuestProof } from './migrations/guest-proof.ts';
import { GuestSources } from './migrations/guest-sources.ts';
import { LeanCommit } from './migrations/lean-commit.ts';
import { MailDelivery } from './migrations/mail-delivery.ts';
import { ManyNodes } from './migrations/many-nodes.ts';
import { OneCommit } from './migrations/one-commit.ts';
import { People } from './migrations/people.ts';
import { Registrations } from './migrations/registrations.ts';
import { Resources } from './migrations/resources.ts';
import { SecondFactors } from './migrations/second-factors.ts';
import { Sessions } from './migrations/sessions.ts';
import { Users } from './migrations/users.ts';

export const ORM_OPTIONS = {
  entities: [
    BusinessRow,
    LocationRow,
    ServiceRow,
    CalendarRow,
    StaffMemberRow,
    StaffServiceRow,
    ResourceRow,
    NodeRow,
    ShardRow,
    ClaimRow,
    CustomerRow,
    AppointmentRow,
    AppointmentPersonRow,
    ChangeRow,
    RequestRow,
    CalendarBaseRow,
    LogCutRow,
    EntrySourceRow,
    ConsumerRow,
    SetAsideChangeRow,
    UserAccountRow,
    RefreshTokenRow,
    LoginSessionRow,
    RegistrationRow,
    PasswordResetRow,
    InvitationRow,
    NotificationRow,
    FailedLoginRow,
    ApiKeyRow,
    SecondFactorRow,
    SecondFactorSetupRow,
    RecoveryCodeRow,
    HttpReplyRow,
    AuditEntryRow,
  ],
  extensions: [Migrator],
  migrations: {
    tableName: 'migration',
    // In the order in which they run. A name is never changed: it is how a database remembers what it has.
    migrationsList: [
      { name: '0001-first-tables', class: FirstTables },
      { name: '0002-many-nodes', class: ManyNodes },
      { name: '0003-sessions', class: Sessions },
      { name: '0004-registrations', class: Registrations },
      { name: '0005-failed-logins', class: FailedLogins },
      { name: '0006-audit', class: Audit },
      { name: '0007-mail-delivery', class: MailDelivery },
      { name: '0008-second-factors', class: SecondFactors },
      { name: '0009-users', class: Users },
      { name: '0010-api-keys', class: ApiKeys },
      { name: '0011-demo-mark', class: DemoMark },
      { name: '0014-guest-sources', class: GuestSources },
      { name: '0016-countries', class: Countries },
      { name: '0017-former-staff', class: FormerStaff },
      { name: '0018-guest-proof', class: GuestProof },
      { name: '0019-appointment-lists', class: AppointmentLists },
      { name: '0020-change-positions', class: ChangePositions },
      { name: '0021-one-commit', class: OneCommit },
      { name: '0022-consumers', class: Consumers },
      { name: '0023-people', class: People },
      { name: '0024-groups', class: Groups },
      { name: '0025-resources', class: Resources },
      { name: '0026-lean-commit', class: LeanCommit },
    ],
    snapshot: false,
    silent: true,
    transactional: true,
    disableForeignKeys: false,
  },
  metadataCache: { enabled: false },
  // Entities never leave a transaction, so nobody needs the shared identity map.
  allowGlobalContext: false,
} satisfies Partial<Options>;
