// Settings of the whole business.

import { WHOLE_BUSINESS } from '../../../access/rights.ts';
import type { Business } from '../../../catalog/catalog.ts';
import { done } from '../../../protocol/reply.ts';
import { settings, settingsChangeBody } from '../../../protocol/settings.ts';
import type { Managing } from '../../parts.ts';
import { route } from '../route.ts';
import { changeCatalog, versionHeaders } from './admin-writes.ts';

const viewOf =
  ({ config: { sends } }: Managing) =>
  ({ name, bufferRule, guestProof, embedOrigins, messages: { email, sms, quietHours, reminderMinutes }, version }: Business) => ({
    ...{ name, bufferRule, guestProof, embedOrigins: [...embedOrigins], sends },
    messages: { email, sms, quietHours, reminderMinutes: [...reminderMinutes] },
    version,
  });

const readSettings = route({
  method: 'get',
  path: '/v1/settings',
  hasVersion: true,
  tag: 'Settings',
  summary: 'Settings of the business',
  action: 'see-how-it-is-managed',
  replies: { 200: { description: 'The settings.', schema: settings } },
  handle: (parts: Managing) => {
    const body = viewOf(parts)(parts.catalog.snapshot().business);
    return done(body, { headers: versionHeaders(body) });
  },
});

const changeSettings = route({
  method: 'patch',
  path: '/v1/settings',
  tag: 'Settings',
  summary: 'Change settings of the business',
  action: 'manage-settings',
  isIdempotent: true,
  isConditional: true,
  body: settingsChangeBody,
  replies: { 200: { description: 'The settings as they are now.', schema: settings } },
  problems: ['version-mismatch', 'idempotency-key-reused'],
  handle: (parts: Managing, { body, caller }) =>
    changeCatalog(
      caller,
      { action: 'manage-settings', place: WHOLE_BUSINESS, operation: 'change-settings', body },
      { status: 200, body: viewOf(parts) },
      (request) => parts.catalog.changeSettings(body, request),
    ),
});

export const adminSettingsRoutes = [readSettings, changeSettings];
