// Every route there is, in the order of `/openapi.json`.
import type { Gateway } from '../compose.ts';
import type { Route } from './route.ts';
import { accountEmailRoutes } from './routes/account-emails.ts';
import { adminLocationRoutes } from './routes/admin-locations.ts';
import { adminResourceRoutes } from './routes/admin-resources.ts';
import { adminServiceRoutes } from './routes/admin-services.ts';
import { adminSettingsRoutes } from './routes/admin-settings.ts';
import { adminStaffRoutes } from './routes/admin-staff.ts';
import { analyticsRoutes } from './routes/analytics.ts';
import { apiKeyRoutes } from './routes/api-keys.ts';
import { appointmentRoutes } from './routes/appointments.ts';
import { auditRoutes } from './routes/audit.ts';
import { authRoutes } from './routes/auth.ts';
import { bookRoutes } from './routes/books.ts';
import { calendarLinkRoutes } from './routes/calendar-links.ts';
import { resourceTimeRoutes, staffTimeRoutes } from './routes/calendar-times.ts';
import { calendarRoutes } from './routes/calendars.ts';
import { catalogRoutes } from './routes/catalog.ts';
import { customerTableRoutes } from './routes/customer-tables.ts';
import { customerRoutes } from './routes/customers.ts';
import { dayNoteRoutes } from './routes/day-notes.ts';
import { holdRoutes } from './routes/holds.ts';
import { jobRoutes } from './routes/jobs.ts';
import { messageTemplateRoutes } from './routes/message-templates.ts';
import { messageRoutes } from './routes/messages.ts';
import { notificationRoutes } from './routes/notifications.ts';
import { paymentRoutes } from './routes/payments.ts';
import { registrationRoutes } from './routes/registration.ts';
import { secondFactorRoutes } from './routes/second-factors.ts';
import { sessionRoutes } from './routes/sessions.ts';
import { slotRoutes } from './routes/slots.ts';
import { smsRoutes } from './routes/sms.ts';
import { systemRoutes } from './routes/system.ts';
import { timeOffRequestRoutes } from './routes/time-off-requests.ts';
import { userRoutes } from './routes/users.ts';
import { voucherRoutes } from './routes/vouchers.ts';
import { webhookRoutes } from './routes/webhooks.ts';

export const ROUTES: readonly Route<Gateway>[] = [
  ...slotRoutes,
  ...holdRoutes,
  ...appointmentRoutes,
  ...paymentRoutes,
  ...bookRoutes,
  ...calendarRoutes,
  ...calendarLinkRoutes,
  ...catalogRoutes,
  ...authRoutes,
  ...registrationRoutes,
  ...sessionRoutes,
  ...secondFactorRoutes,
  ...userRoutes,
  ...adminLocationRoutes,
  ...adminServiceRoutes,
  ...adminStaffRoutes,
  ...staffTimeRoutes,
  ...adminResourceRoutes,
  ...resourceTimeRoutes,
  ...adminSettingsRoutes,
  ...accountEmailRoutes,
  ...customerRoutes,
  ...customerTableRoutes,
  ...dayNoteRoutes,
  ...voucherRoutes,
  ...timeOffRequestRoutes,
  ...messageRoutes,
  ...messageTemplateRoutes,
  ...smsRoutes,
  ...notificationRoutes,
  ...apiKeyRoutes,
  ...webhookRoutes,
  ...analyticsRoutes,
  ...auditRoutes,
  ...jobRoutes,
  ...systemRoutes,
];
