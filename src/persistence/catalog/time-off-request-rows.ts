// Requests for time off as rows.
import { defineEntity, type InferEntity, LockMode, p } from '@mikro-orm/core';
import { newEmail } from '../../accounts/account-emails.ts';
import type { AuditEntry } from '../../audit/audit-entry.ts';
import type { TimeOffRequest, TimeOffRequestStore, TimeOffRequestTransaction } from '../../booking/time-off-requests.ts';
import { type Instant, instant } from '../../model/instant.ts';
import type { ReplyKey, StoredReply } from '../../model/kept-replies.ts';
import type { Choices } from '../../notifications/notification.ts';
import { WANTED_AT_FIRST } from '../../protocol/messages.ts';
import { TIME_OFF_KINDS, TIME_OFF_STATUSES } from '../../protocol/time-off-requests.ts';
import { addAuditEntry } from '../audit/audit-rows.ts';
import type { Database, EntityManager } from '../database/database.ts';
import { keepEmail, type NewEmail } from '../mail/account-email-rows.ts';
import { addNotifications } from '../notifications/add-notifications.ts';
import { addReply, replyOf } from '../replies/http-reply-rows.ts';

/** Written by the staff member who asks and the manager who decides. The note and the answer are for them alone. */
export const TimeOffRequestRow = defineEntity({
  name: 'TimeOffRequestRow',
  tableName: 'time_off_request',
  indexes: [{ name: 'time_off_request_staff', properties: ['staffId', 'createdAt', 'id'] }],
  properties: {
    id: p.uuid().primary(),
    staffId: p.uuid(),
    startsAt: p.bigint('number'),
    endsAt: p.bigint('number').index('time_off_request_ends_at'),
    kind: p.enum([...TIME_OFF_KINDS]),
    note: p.text().nullable(),
    status: p.enum([...TIME_OFF_STATUSES]),
    answer: p.text().nullable(),
    createdAt: p.bigint('number'),
    decidedAt: p.bigint('number').nullable(),
  },
});
type Row = InferEntity<typeof TimeOffRequestRow>;

/** Until the commit: so the open requests of a person are counted one after the other. */
const TAKE_TURNS = 'select pg_advisory_xact_lock(hashtextextended(?::text, 0))';

/** Who logs in as the staff member, and may be told by e-mail. */
const PERSON = `select u.id, u.email, n.choices from user_account u left join notified_person n on n.user_id = u.id
  where u.staff_id = ?::uuid and u.role <> 'customer' and u.removed_at is null and u.disabled_at is null and u.invited_at is null`;

/** `onTold`: people have been told, and their open pages may hear of it at once. `delivery`: of e-mails, whether there is a mail server. */
type Telling = { readonly onTold: (userIds: readonly string[]) => void; readonly delivery: NewEmail['delivery'] };

export function timeOffRequestStore(database: Database, { onTold, delivery }: Telling): TimeOffRequestStore {
  return {
    byId: (id) => database.transaction(async (em) => requestOf(await em.findOne(TimeOffRequestRow, { id }))),
    list: ({ staffIds, status, before }, limit) =>
      database.transaction(async (em) => {
        const last = before === null ? null : await em.findOne(TimeOffRequestRow, { id: before });
        if (before !== null && last === null) return 'unknown-cursor';
        const older = last === null ? {} : { $or: [{ createdAt: { $lt: last.createdAt } }, { createdAt: last.createdAt, id: { $lt: last.id } }] };
        const where = { staffId: { $in: [...staffIds] }, ...(status !== null && { status }), ...older };
        const rows = await em.find(TimeOffRequestRow, where, { orderBy: { createdAt: 'desc', id: 'desc' }, limit });
        return rows.flatMap((row) => requestOf(row) ?? []);
      }),
    async changing(work) {
      const told: string[] = [];
      const result = await database.transaction((em) => work(new Requests(em, told, delivery)));
      if (told.length > 0) onTold(told);
      return result;
    },
  };
}

class Requests implements TimeOffRequestTransaction {
  readonly #em: EntityManager;
  readonly #told: string[];
  readonly #delivery: NewEmail['delivery'];

  constructor(em: EntityManager, told: string[], delivery: NewEmail['delivery']) {
    this.#em = em;
    this.#told = told;
    this.#delivery = delivery;
  }

  reply(caller: string, key: string): ReturnType<TimeOffRequestTransaction['reply']> {
    return replyOf(this.#em, caller, key);
  }

  async addReply(key: ReplyKey, reply: StoredReply): Promise<void> {
    await addReply(this.#em, { ...key, ...reply });
  }

  async request(id: string): Promise<TimeOffRequest | undefined> {
    return requestOf(await this.#em.findOne(TimeOffRequestRow, { id }, { lockMode: LockMode.PESSIMISTIC_WRITE }));
  }

  async countOpen(staffId: string): Promise<number> {
    await this.#em.execute(TAKE_TURNS, [`time-off-requests-of/${staffId}`]);
    return this.#em.count(TimeOffRequestRow, { staffId, status: 'open' });
  }

  async add(request: TimeOffRequest): Promise<void> {
    await this.#em.insert(TimeOffRequestRow, { ...request });
  }

  async change({ id, ...request }: TimeOffRequest): Promise<void> {
    await this.#em.nativeUpdate(TimeOffRequestRow, { id }, { ...request });
  }

  async addAuditEntry(entry: AuditEntry): Promise<void> {
    await addAuditEntry(this.#em, entry);
  }

  async tell({ id, staffId, startsAt, endsAt, status, createdAt, decidedAt }: TimeOffRequest, locationId: string, by: string | null): Promise<void> {
    if (status === 'withdrawn') return;
    const about = { timeOffRequest: { id, startsAt, endsAt, status } };
    const told =
      status === 'open'
        ? ({ kind: 'time-off-requested', places: [{ staffId, locationId }] } as const)
        : ({ kind: 'time-off-decided', places: [{ staffId, locationId }], isPersonal: true } as const);
    const at = decidedAt ?? createdAt;
    if (status !== 'open') await this.#tellByEmail(staffId, by, at);
    this.#told.push(...(await addNotifications(this.#em, [{ key: `time-off-request/${id}/${status}`, ...told, about, by, at }])));
  }

  async #tellByEmail(staffId: string, by: string | null, at: Instant): Promise<void> {
    const people: { id: string; email: string; choices: Choices | null }[] = await this.#em.execute(PERSON, [staffId]);
    for (const { id, email, choices } of people)
      if (id !== by && (choices?.email?.['time-off-decided'] ?? WANTED_AT_FIRST['time-off-decided']))
        await keepEmail(this.#em, { ...newEmail('time-off-decided', email, at), delivery: this.#delivery });
  }
}

function requestOf(row: Row | null): TimeOffRequest | undefined {
  if (row === null) return undefined;
  const { id, staffId, startsAt, endsAt, kind, note = null, status, answer = null, createdAt, decidedAt = null } = row;
  const times = {
    startsAt: instant(startsAt),
    endsAt: instant(endsAt),
    createdAt: instant(createdAt),
    decidedAt: decidedAt === null ? null : instant(decidedAt),
  };
  return { id, staffId, kind, note, status, answer, ...times };
}
