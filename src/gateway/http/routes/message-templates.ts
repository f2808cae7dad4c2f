// What messages say: the texts of the business, and how they look.
import type { Caller } from '../../../access/caller.ts';
import { refuseAt, WHOLE_BUSINESS } from '../../../access/rights.ts';
import type { AppointmentReads } from '../../../booking/appointment-reads-port.ts';
import type { CatalogKeeper } from '../../../catalog/catalog-keeper.ts';
import { composeSampleAgenda } from '../../../messages/agenda.ts';
import { type Composed, compose, defaultTemplate, type Sender } from '../../../messages/compose.ts';
import type { AboutAppointment } from '../../../messages/message.ts';
import { aboutOf } from '../../../messages/message-consumer.ts';
import { asIfTold, sampleAppointment } from '../../../messages/sample.ts';
import { senderOf } from '../../../messages/sender.ts';
import type { SmsListening } from '../../../messages/sms-callbacks.ts';
import { smsText } from '../../../messages/sms-text.ts';
import { composeForStaff } from '../../../messages/staff-emails.ts';
import { type MessageTemplate, placeholdersOf, type TemplateName, type TemplateText, type TemplateVersion } from '../../../messages/template.ts';
import type { Templates } from '../../../messages/templates.ts';
import { inWords } from '../../../model/field-error.ts';
import type { Instant } from '../../../model/instant.ts';
import { messagePreview, messageTemplate, previewBody, templateBody, templateParams, templateVersions } from '../../../protocol/message-templates.ts';
import { AGENDA, isToCustomer, type MessageKind, type PersonalKind } from '../../../protocol/messages.ts';
import { done, type Failed, failed, failedField, isFailed } from '../../../protocol/reply.ts';
import { wireTime } from '../../../protocol/wire-times.ts';
import type { GatewayConfig } from '../../parts.ts';
import { type Route, route } from '../route.ts';
import { changeManaged, versionHeaders } from './admin-writes.ts';

type Parts = {
  readonly templates: Templates;
  readonly catalog: Pick<CatalogKeeper, 'snapshot'>;
  readonly appointments: Pick<AppointmentReads, 'byId' | 'changedAt'>;
  readonly scheduler: { now(): Instant };
  readonly config: Pick<GatewayConfig, 'publicUrl'>;
  readonly sms: SmsListening | null;
};

const path = '/v1/message-templates/{kind}/{channel}/{locale}';
const shared = { tag: 'Messages', params: templateParams } as const;
const writing = {
  ...shared,
  action: 'manage-settings',
  isIdempotent: true,
  isConditional: true,
  problems: ['version-mismatch', 'idempotency-key-reused'],
} as const;

export const messageTemplateRoutes: readonly Route<Parts>[] = [
  route({
    ...shared,
    method: 'get',
    path,
    action: 'see-how-it-is-managed',
    summary: 'What messages of a kind say',
    hasVersion: true,
    replies: { 200: { description: 'The text of the business, or the default.', schema: messageTemplate } },
    handle: async ({ templates }: Parts, { params }) => {
      const body = view(await templates.read(params));
      return done(body, { headers: versionHeaders(body) });
    },
  }),
  route({
    ...shared,
    method: 'get',
    path: `${path}/versions`,
    action: 'see-how-it-is-managed',
    summary: 'What messages of a kind have said',
    replies: { 200: { description: 'The last ten texts, the newest first. `PUT` brings one of them back.', schema: templateVersions } },
    handle: async ({ templates }: Parts, { params }) => done({ items: (await templates.versions(params)).map((version) => viewOfVersion(params, version)) }),
  }),
  route({
    ...writing,
    method: 'put',
    path,
    summary: 'Write what messages of a kind say',
    body: templateBody,
    replies: { 200: { description: 'As it is now. Messages that wait to be sent say it already.', schema: messageTemplate } },
    handle: ({ templates }: Parts, { params, body, caller }) => {
      const wrong = subjectError(params, body.subject === undefined);
      if (wrong !== undefined) return wrong;
      const text = { subject: body.subject ?? '', body: body.body };
      const asked = { action: writing.action, place: WHOLE_BUSINESS, operation: 'write-message-template', body: { ...params, ...body } };
      return changeManaged(caller, asked, { status: 200, body: view }, (request) => templates.write(params, text, request));
    },
  }),
  route({
    ...writing,
    method: 'delete',
    path,
    summary: 'Let messages of a kind say what they say by default',
    replies: { 204: { description: 'The default is back.' } },
    handle: ({ templates }: Parts, { params, caller }) => {
      const asked = { action: writing.action, place: WHOLE_BUSINESS, operation: 'reset-message-template', body: params };
      return changeManaged(caller, asked, { status: 204, body: view }, (request) => templates.write(params, null, request));
    },
  }),
  route({
    ...shared,
    method: 'post',
    path: `${path}/preview`,
    action: 'manage-settings',
    summary: 'Look at a message before it says so',
    body: previewBody,
    replies: { 200: { description: 'With an appointment, or with a sample. Nothing is stored or sent.', schema: messagePreview } },
    problems: ['not-found'],
    handle: async (parts: Parts, { params, body: { appointmentId, subject, body }, caller }) => {
      const barred = refuseAt(caller.principal, 'manage-settings', WHOLE_BUSINESS);
      if (barred !== undefined) return barred;
      const wrong = params.channel === 'sms' && subject !== undefined ? subjectError(params, false) : undefined;
      if (wrong !== undefined) return wrong;
      const current = view(await parts.templates.read(params));
      const text = { subject: subject ?? current.subject ?? '', body: body ?? current.body };
      const errors = parts.templates.errorsOf(params, text);
      if (errors.length > 0) return failed('invalid-request', { detail: inWords(errors), errors: [...errors] });
      const { kind, locale } = params;
      const about = await subjectOf(parts, isToCustomer(kind) ? kind : AS_TO_CUSTOMERS[kind], caller, appointmentId);
      if (isFailed(about)) return about;
      const sender = senderOf(parts.catalog.snapshot(), '');
      const template = current.isDefault && subject === undefined && body === undefined ? null : text;
      if (!isToCustomer(kind)) return done(sampleForStaff(kind, locale, about, sender, parts.config.publicUrl, template));
      if (params.channel === 'sms') return done({ ...smsText({ kind, locale, about }, sender, parts.sms?.provider.takesReplies ?? true, template?.body) });
      const link = current.placeholders.includes('manage') ? parts.config.publicUrl : null;
      return done(compose({ kind, locale, about }, sender, link, template));
    },
  }),
];

/** What has become of the appointment when staff are told so. */
const AS_TO_CUSTOMERS: Readonly<Record<PersonalKind, MessageKind>> = {
  [AGENDA]: 'appointment-booked',
  'staff-booked': 'appointment-booked',
  'staff-requested': 'appointment-requested',
  'staff-changed': 'appointment-changed',
  'staff-cancelled': 'appointment-cancelled',
};

function sampleForStaff(
  kind: PersonalKind,
  locale: TemplateName['locale'],
  about: AboutAppointment,
  sender: Sender,
  link: string,
  template: TemplateText | null,
): Composed {
  if (kind === AGENDA) return composeSampleAgenda(about, locale, sender, link, template);
  return composeForStaff({ kind, locale, about: { ...about, toStaffId: about.staffId } }, sender, link, template);
}

async function subjectOf(
  { catalog, appointments, scheduler }: Parts,
  kind: MessageKind,
  caller: Caller,
  id: string | undefined,
): Promise<AboutAppointment | Failed> {
  const now = scheduler.now();
  if (id === undefined) return sampleAppointment(kind, catalog.snapshot(), now);
  const appointment = await appointments.byId(id);
  if (appointment === undefined)
    return failed('not-found', { detail: 'There is no such appointment.', errors: [{ path: 'appointmentId', message: 'is not an appointment' }] });
  const barred = refuseAt(caller.principal, 'read-appointment', appointment);
  return barred ?? asIfTold(kind, aboutOf(appointment, (await appointments.changedAt(appointment)) ?? now));
}

/** An e-mail has one, a text has none. */
function subjectError({ channel }: TemplateName, isMissing: boolean): Failed | undefined {
  if ((channel === 'sms') === isMissing) return undefined;
  return failedField('invalid-request', 'subject', channel === 'sms' ? 'is only of e-mails' : 'is required');
}

function view({ text, version, ...name }: MessageTemplate) {
  const { kind, channel, locale } = name;
  return { ...{ kind, channel, locale }, ...said(name, text), placeholders: [...placeholdersOf(kind, channel)], version };
}

function viewOfVersion(name: TemplateName, { text, version, written }: TemplateVersion) {
  return { version, ...said(name, text), ...(written !== null && { by: written.by, at: wireTime(written.at, 'UTC') }) };
}

function said(name: TemplateName, text: MessageTemplate['text']) {
  const { subject, body } = text ?? defaultTemplate(name);
  return { ...(name.channel === 'email' && { subject }), body, isDefault: text === null };
}
