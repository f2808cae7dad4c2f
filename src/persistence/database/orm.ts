// What the ORM knows, the same on both engines.
import type { Options } from '@mikro-orm/core';
import { Migrator } from '@mikro-orm/migrations';
import { ApiKeyRow } from '../accounts/api-key.ts';
import { FailedLoginRow } from '../accounts/failed-login.ts';
import { InvitationRow } from '../accounts/invitation.ts';
import { LoginSessionRow } from '../accounts/login-session.ts';
import { PasswordResetRow } from '../accounts/password-reset.ts';
import { RecoveryCodeRow } from '../accounts/recovery-code.ts';
import { RefreshTokenRow } from '../accounts/refresh-token.ts';
import { RegistrationRow } from '../accounts/registration.ts';
import { SecondFactorRow } from '../accounts/second-factor.ts';
import { SecondFactorSetupRow } from '../accounts/second-factor-setup.ts';
import { UserAccountRow } from '../accounts/user-account.ts';
import { AppointmentRow } from '../appointments/appointment.ts';
import { AppointmentPersonRow } from '../appointments/appointment-person.ts';
import { CustomerRow } from '../appointments/customer.ts';
import { EntrySourceRow } from '../appointments/entry-source.ts';
import { AuditEntryRow } from '../audit/audit-entry.ts';
import { BusinessRow } from '../catalog/business.ts';
import { LocationRow } from '../catalog/location.ts';
import { ResourceRow } from '../catalog/resource.ts';
import { ServiceRow } from '../catalog/service.ts';
import { StaffMemberRow } from '../catalog/staff-member.ts';
import { StaffServiceRow } from '../catalog/staff-service.ts';
import { ChangeRow } from '../change-log/change.ts';
import { ConsumerRow } from '../change-log/consumer.ts';
import { LogCutRow } from '../change-log/log-cut.ts';
import { SetAsideChangeRow } from '../change-log/set-aside-change.ts';
import { NodeRow } from '../cluster/node.ts';
import { ShardRow } from '../cluster/shard.ts';
import { CalendarRow } from '../journal/calendar.ts';
import { CalendarBaseRow } from '../journal/calendar-base.ts';
import { ClaimRow } from '../journal/claim.ts';
import { RequestRow } from '../journal/request.ts';
import { ApiKeys } from '../migrations/api-keys.ts';
import { AppointmentLists } from '../migrations/appointment-lists.ts';
import { Audit } from '../migrations/audit.ts';
import { ChangePositions } from '../migrations/change-positions.ts';
import { Consumers } from '../migrations/consumers.ts';
import { Countries } from '../migrations/countries.ts';
import { DemoMark } from '../migrations/demo-mark.ts';
import { FailedLogins } from '../migrations/failed-logins.ts';
import { FirstTables } from '../migrations/first-tables.ts';
import { FormerStaff } from '../migrations/former-staff.ts';
import { Groups } from '../migrations/groups.ts';
import { GuestProof } from '../migrations/guest-proof.ts';
import { GuestSources } from '../migrations/guest-sources.ts';
import { LeanCommit } from '../migrations/lean-commit.ts';
import { MailDelivery } from '../migrations/mail-delivery.ts';
import { ManyNodes } from '../migrations/many-nodes.ts';
import { OneCommit } from '../migrations/one-commit.ts';
import { People } from '../migrations/people.ts';
import { Registrations } from '../migrations/registrations.ts';
import { Resources } from '../migrations/resources.ts';
import { SecondFactors } from '../migrations/second-factors.ts';
import { Sessions } from '../migrations/sessions.ts';
import { Users } from '../migrations/users.ts';
import { Webhooks } from '../migrations/webhooks.ts';
import { NotificationRow } from '../notifications/notification.ts';
import { HttpReplyRow } from '../replies/http-reply.ts';
import { WebhookDeliveryRow } from '../webhooks/webhook-delivery.ts';
import { WebhookEndpointRow } from '../webhooks/webhook-endpoint.ts';

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
    WebhookEndpointRow,
    WebhookDeliveryRow,
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
      { name: '0028-webhooks', class: Webhooks },
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
