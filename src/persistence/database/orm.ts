// What the ORM knows, the same on both engines.
import type { Options } from '@mikro-orm/core';
import { Migrator } from '@mikro-orm/migrations';
import {
  ApiKeyRow,
  FailedLoginRow,
  InvitationRow,
  LoginSessionRow,
  PasswordResetRow,
  RecoveryCodeRow,
  RefreshTokenRow,
  RegistrationRow,
  SecondFactorRow,
  SecondFactorSetupRow,
  UserAccountRow,
} from '../accounts/account-entities.ts';
import { AppointmentPersonRow, AppointmentRow, EntrySourceRow } from '../appointments/appointment-entities.ts';
import { DayNoteRow } from '../appointments/day-note-rows.ts';
import { VoucherRow, VoucherUseRow } from '../appointments/voucher-rows.ts';
import { AuditEntryRow } from '../audit/audit-entry.ts';
import { CalendarFeedRow, ExternalCalendarRow } from '../calendars-in-and-out/calendar-entities.ts';
import { BusinessRow, CalendarRow, LocationRow, ResourceRow, ServiceRow, StaffMemberRow, StaffServiceRow } from '../catalog/catalog-entities.ts';
import { TimeOffRequestRow } from '../catalog/time-off-request-rows.ts';
import { ChangeRow, ConsumerRow, LogCutRow, SetAsideChangeRow } from '../change-log/change-log-entities.ts';
import { NodeRow, ShardRow } from '../cluster/cluster-entities.ts';
import { CustomerAliasRow, CustomerRow } from '../customers/customer-row.ts';
import { CustomerImportRow } from '../customers/import-rows.ts';
import { InsightAppointmentRow, InsightEntryRow, InsightHoursRow, InsightMoneyRow, InsightRefusedRow, InsightSumRow } from '../insights/insight-entities.ts';
import { CalendarBaseRow, ClaimRow, RequestRow } from '../journal/journal-entities.ts';
import { AccountEmailRow } from '../mail/account-email-row.ts';
import { MessageBudgetRow } from '../messages/message-budget.ts';
import { MessageRow } from '../messages/message-row.ts';
import { MessageTemplateRow, MessageTemplateVersionRow } from '../messages/message-template.ts';
import { SmsConsentRow } from '../messages/sms-store.ts';
import { Audit, AuditIsCut } from '../migrations/audit.ts';
import { CalendarsInAndOut } from '../migrations/calendars-in-and-out.ts';
import { CATALOG_MIGRATIONS } from '../migrations/catalog.ts';
import { ListedByResource, OverlapsOnPurpose } from '../migrations/claims.ts';
import { Consumers } from '../migrations/consumers.ts';
import { Corrections, CustomerImports, CustomerRecords, CustomersFoundBy, CustomersWithoutAddress, DayNotes } from '../migrations/customers.ts';
import { FirstTables } from '../migrations/first-tables.ts';
import { ApiKeys, DemoMark, FailedLogins, MailDelivery, ManyNodes, Registrations, SecondFactors, Sessions, Users } from '../migrations/from-0002-to-0011.ts';
import {
  AppointmentLists,
  ChangePositions,
  Countries,
  FormerStaff,
  Groups,
  GuestProof,
  GuestSources,
  LeanCommit,
  OneCommit,
  Resources,
  UnpackedTimes,
} from '../migrations/from-0014-to-0026.ts';
import { DisputesInReports, Insights } from '../migrations/insights.ts';
import {
  AccountLocales,
  MessageBudgets,
  MessageQueue,
  Messages,
  MessagesToStaff,
  MessageTemplates,
  MessageTemplateVersions,
  RemindersDeclined,
  TextMessages,
} from '../migrations/messages.ts';
import { Notifications } from '../migrations/notifications.ts';
import {
  FeesAndPayouts,
  FeeWaivers,
  KeptCards,
  LedgerByDay,
  PaymentFacts,
  Payments,
  ReceiptNumbers,
  Reservations,
  TaxInTheBooks,
} from '../migrations/payments.ts';
import { People } from '../migrations/people.ts';
import { Vouchers } from '../migrations/vouchers.ts';
import { Webhooks, WebhooksOfPayments, WebhooksStart } from '../migrations/webhooks.ts';
import { NotifiedPersonRow, StaffNotificationRow } from '../notifications/notification-entities.ts';
import {
  FeeWaiverRow,
  LedgerEntryRow,
  PaymentEventRow,
  PaymentFactRow,
  PaymentRow,
  ProviderReadingRow,
  ReceiptSeriesRow,
  RefundRow,
} from '../payments/payment-entities.ts';
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
    CustomerAliasRow,
    CustomerImportRow,
    AppointmentRow,
    AppointmentPersonRow,
    DayNoteRow,
    VoucherRow,
    VoucherUseRow,
    TimeOffRequestRow,
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
    AccountEmailRow,
    MessageRow,
    MessageBudgetRow,
    NotifiedPersonRow,
    StaffNotificationRow,
    SmsConsentRow,
    MessageTemplateRow,
    MessageTemplateVersionRow,
    FailedLoginRow,
    ApiKeyRow,
    SecondFactorRow,
    SecondFactorSetupRow,
    RecoveryCodeRow,
    HttpReplyRow,
    WebhookEndpointRow,
    WebhookDeliveryRow,
    AuditEntryRow,
    CalendarFeedRow,
    ExternalCalendarRow,
    PaymentRow,
    RefundRow,
    LedgerEntryRow,
    PaymentEventRow,
    PaymentFactRow,
    FeeWaiverRow,
    ReceiptSeriesRow,
    ProviderReadingRow,
    InsightAppointmentRow,
    InsightSumRow,
    InsightEntryRow,
    InsightMoneyRow,
    InsightHoursRow,
    InsightRefusedRow,
  ],
  extensions: [Migrator],
  migrations: {
    tableName: 'migration',
    // They run in the order of their numbers. A name is never changed: it is how a database remembers what it has.
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
      { name: '0079-webhooks-start', class: WebhooksStart },
      { name: '0029-messages', class: Messages },
      { name: '0030-calendars-in-and-out', class: CalendarsInAndOut },
      { name: '0031-message-budgets', class: MessageBudgets },
      { name: '0032-notifications', class: Notifications },
      { name: '0033-text-messages', class: TextMessages },
      { name: '0034-message-templates', class: MessageTemplates },
      { name: '0035-reminders-declined', class: RemindersDeclined },
      { name: '0036-message-queue', class: MessageQueue },
      { name: '0037-account-locales', class: AccountLocales },
      { name: '0038-messages-to-staff', class: MessagesToStaff },
      { name: '0039-unpacked-times', class: UnpackedTimes },
      { name: '0040-customers-without-address', class: CustomersWithoutAddress },
      { name: '0041-customer-records', class: CustomerRecords },
      { name: '0042-customers-found-by', class: CustomersFoundBy },
      ...CATALOG_MIGRATIONS,
      { name: '0044-message-template-versions', class: MessageTemplateVersions },
      { name: '0045-payments', class: Payments },
      { name: '0046-ledger-by-day', class: LedgerByDay },
      { name: '0050-audit-is-cut', class: AuditIsCut },
      { name: '0053-reservations', class: Reservations },
      { name: '0054-insights', class: Insights },
      { name: '0055-vouchers', class: Vouchers },
      { name: '0056-day-notes', class: DayNotes },
      { name: '0060-corrections', class: Corrections },
      { name: '0069-fee-waivers', class: FeeWaivers },
      { name: '0071-kept-cards', class: KeptCards },
      { name: '0072-receipt-numbers', class: ReceiptNumbers },
      { name: '0073-tax-in-the-books', class: TaxInTheBooks },
      { name: '0074-disputes-in-reports', class: DisputesInReports },
      { name: '0075-fees-and-payouts', class: FeesAndPayouts },
      { name: '0082-payment-facts', class: PaymentFacts },
      { name: '0083-webhooks-of-payments', class: WebhooksOfPayments },
      { name: '0087-customer-imports', class: CustomerImports },
      { name: '0061-overlaps-on-purpose', class: OverlapsOnPurpose },
      { name: '0062-listed-by-resource', class: ListedByResource },
    ].sort((one, other) => (one.name < other.name ? -1 : 1)),
    snapshot: false,
    silent: true,
    transactional: true,
    disableForeignKeys: false,
  },
  metadataCache: { enabled: false },
  // Entities never leave a transaction, so nobody needs the shared identity map.
  allowGlobalContext: false,
} satisfies Partial<Options>;
