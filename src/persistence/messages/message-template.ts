// What the business makes messages say, as rows.
import { defineEntity, p } from '@mikro-orm/core';
import type { MessageTemplate, TemplateName, TemplateVersion, Written } from '../../messages/template.ts';
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

/** Of each template; what is older is forgotten when a newer one is written. */
const MOST_VERSIONS = 10;

/** What a template has said, the current text included. Written with it. Null text: the default. Who and when are null for what is older than this table. */
export const MessageTemplateVersionRow = defineEntity({
  name: 'MessageTemplateVersionRow',
  tableName: 'message_template_version',
  properties: {
    kind: p.text().primary(),
    channel: p.text().primary(),
    locale: p.text().primary(),
    version: p.integer().primary(),
    subject: p.text().nullable(),
    body: p.text().nullable(),
    byKind: p.text().nullable(),
    byId: p.uuid().nullable(),
    at: p.bigint('number').nullable(),
  },
});

const VERSIONS = `select subject, body, version, by_kind, by_id, at from message_template_version
  where kind = $1 and channel = $2 and locale = $3 order by version desc limit ${MOST_VERSIONS}`;
const FORGET_VERSIONS = 'delete from message_template_version where kind = ? and channel = ? and locale = ? and version <= ?';
const TEMPLATE = 'select subject, body, version from message_template where kind = $1 and channel = $2 and locale = $3';

export async function readTemplate(database: Pick<Database, 'sql'>, name: TemplateName): Promise<MessageTemplate> {
  const [row] = await database.sql(TEMPLATE, [name.kind, name.channel, name.locale]);
  return templateOf(name, row);
}

export async function readTemplateVersions(database: Pick<Database, 'sql'>, name: TemplateName): Promise<readonly TemplateVersion[]> {
  const rows = await database.sql(VERSIONS, [name.kind, name.channel, name.locale]);
  return rows.map((row) => {
    const { text, version } = templateOf(name, row);
    const [byKind, byId, at] = row.slice(3);
    // Written by this server, so it is what it says.
    const written = byId === null ? null : ({ by: { kind: byKind, id: byId }, at: Number(at) } as Written);
    return { text, version, written };
  });
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

export async function putTemplate(em: EntityManager, { text, ...template }: MessageTemplate, { by, at }: Written): Promise<void> {
  const row = { ...template, subject: text?.subject ?? null, body: text?.body ?? null };
  await em.upsert(MessageTemplateRow, row);
  await em.insert(MessageTemplateVersionRow, { ...row, byKind: by.kind, byId: by.id, at });
  await em.execute(FORGET_VERSIONS, [row.kind, row.channel, row.locale, row.version - MOST_VERSIONS]);
}
