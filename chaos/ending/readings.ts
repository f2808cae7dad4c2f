// The last readings: what every node says of every calendar, what is free, what has happened, and what is to be told.
import type { z } from 'zod';
import { calendar as calendarSchema, changes as changesSchema } from '../../src/protocol/calendars.ts';
import { slotsReply } from '../../src/protocol/slots.ts';
import type { Change } from '../history/lines.ts';
import { readOverRest } from '../people/rest-wire.ts';
import type { Scene } from '../people/scene.ts';
import { within } from '../world/gone.ts';

const PATIENCE_MS = 8_000;
const READ_WITHIN_MS = 30_000;
const CHANGES_AT_ONCE = 1_000;

export async function readEverything(scene: Scene): Promise<void> {
  const { recorder, world } = scene;
  const { from, to, services, staff, rooms } = world.shop;
  const calendars = [...staff, ...rooms];
  for (const { index } of world.nodes) {
    for (const { calendarId } of calendars) {
      const askedAt = recorder.now();
      const body = await read(scene, index, `/v1/calendars/${calendarId}`, calendarSchema);
      recorder.write({ line: 'read', what: 'calendar', node: index, askedAt, answeredAt: recorder.now(), body });
    }
    for (const { id: serviceId } of services) {
      const askedAt = recorder.now();
      const body = await read(scene, index, `/v1/slots?serviceId=${serviceId}&from=${from}&to=${to}&timeZone=UTC`, slotsReply);
      recorder.write({ line: 'read', what: 'slots', node: index, askedAt, answeredAt: recorder.now(), question: { serviceId, from, to }, body });
    }
  }
  for (const [index, { calendarId }] of calendars.entries()) await readFeed(scene, index % world.nodes.length, calendarId);
  await readTrail(scene);
  await readTyped(scene);
}

/** Of a decision about several calendars its first change counts, and the last fact in it; holds are not audited. */
const DUE = `select entry_id::text, type, subject from (
    select distinct on (entry_id) entry_id, last ->> 'type' as type, coalesce(last #>> '{appointment,id}', last #>> '{block,id}', calendar_id::text) as subject
      from (select *, events -> -1 as last from change where by is not null) one order by entry_id, xid, position) deed
  where type not like 'hold.%'`;
const ENTRIES = `select id::text, action, subject_id from audit_entry where action like 'appointment.%' or action like 'block.%' or action = 'hours.changed'`;
const UNREAD = `select count(*) from change h, consumer c where c.name = 'audit' and (h.xid, h.position) > (c.xid, c.position)`;

/** Once the trail has read everything, or has had the time to. */
async function readTrail({ recorder, world }: Scene): Promise<void> {
  await within(READ_WITHIN_MS, async () => Number((await world.sql(UNREAD))[0]?.[0]) === 0);
  const deedOf = ([entryId, action, subjectId]: readonly unknown[]) => ({ entryId: String(entryId), action: String(action), subjectId: String(subjectId) });
  recorder.write({ line: 'trail', due: (await world.sql(DUE)).map(deedOf), entries: (await world.sql(ENTRIES)).map(deedOf) });
}

async function readTyped({ recorder, world }: Scene): Promise<void> {
  const text = (value: unknown) => (value === null ? null : String(value));
  const found = await world.sql('select appointment_id, name, email, notes, reason from appointment_person');
  const rows = found.map(([appointmentId, name, email, notes, reason]) => ({
    ...{ appointmentId: String(appointmentId), name: text(name), email: text(email), notes: text(notes), reason: text(reason) },
  }));
  recorder.write({ line: 'typed', rows });
}

/** From the first change to the newest, page by page, as an integration would. */
async function readFeed(scene: Scene, node: number, calendarId: string): Promise<void> {
  const changes: Change[] = [];
  for (let after = 0; ; ) {
    const page = await read(scene, node, `/v1/calendars/${calendarId}/changes?after=${after}&limit=${CHANGES_AT_ONCE}`, changesSchema);
    changes.push(...page.changes);
    if (page.changes.length === 0) {
      scene.recorder.write({ line: 'feed', calendarId, era: page.era, revision: page.revision, changes });
      return;
    }
    after = page.nextAfter;
  }
}

/** All has healed: a node that does not answer now is a finding of its own. */
async function read<Schema extends z.ZodType>(scene: Scene, node: number, path: string, schema: Schema): Promise<z.output<Schema>> {
  let body: z.output<Schema> | undefined;
  await within(READ_WITHIN_MS, async () => {
    body = await readOverRest(scene.world.nodes[node]?.url ?? '', path, { schema, token: scene.login.token, patienceMs: PATIENCE_MS });
    return body !== undefined;
  });
  if (body === undefined) throw new Error(`node ${node} does not answer GET ${path}`);
  return body;
}
