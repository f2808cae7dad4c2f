// What the business makes messages say, as rows.
import { defineEntity, p } from '@mikro-orm/core';
import type { MessageTemplate, TemplateName } from '../../messages/template.ts';
import type { Database, EntityManager, SqlRow } from '../database/database.ts';

/** Written by the business. After a reset `subject` and `body` are null, and the row stays: versions go on. */
export const MessageTemplateRow = defineEntity({
  name: 'MessageTemplateRow',
  tableName: 'message_template',
  properties: {
    kind: p.text().primary(),
    channel: p.text().primary(),
    locale: p.text().primary(),
    subject: p.text().nullable(),
    body: p.text().nullable(),
    version: p.integer(),
  },
});

const TEMPLATE = 'select subject, body, version from message_template where kind = $1 and channel = $2 and locale = $3';

export async function readTemplate(database: Pick<Database, 'sql'>, name: TemplateName): Promise<MessageTemplate> {
  const [row] = await database.sql(TEMPLATE, [name.kind, name.channel, name.locale]);
  return templateOf(name, row);
}

function templateOf(name: TemplateName, row: SqlRow | undefined): MessageTemplate {
  const [subject = null, body = null, version = 0] = row ?? [];
  const { kind, channel, locale } = name;
  return {
    ...{ kind, channel, locale },
    text: subject === null || body === null ? null : { subject: String(subject), body: String(body) },
    version: Number(version),
  };
}

export async function templateIn(em: EntityManager, name: TemplateName): Promise<MessageTemplate> {
  const { kind, channel, locale } = name;
  const row = await em.findOne(MessageTemplateRow, { kind, channel, locale });
  return templateOf(name, row === null ? undefined : [row.subject ?? null, row.body ?? null, row.version]);
}

export async function putTemplate(em: EntityManager, { text, ...template }: MessageTemplate): Promise<void> {
  await em.upsert(MessageTemplateRow, { ...template, subject: text?.subject ?? null, body: text?.body ?? null });
}
