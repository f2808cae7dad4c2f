// A unit of work per claim, as an ORM's documentation shows it: lock the calendar pessimistically, look for an overlap, persist, commit.
import { randomUUID } from 'node:crypto';
import { defineEntity, LockMode, p } from '@mikro-orm/core';
import { MikroORM } from '@mikro-orm/postgresql';
import { CLAIM_MS, type ClaimContender, createAlternativeDatabase, POOL_SIZES } from './contender.ts';

const Calendar = defineEntity({ name: 'Calendar', tableName: 'calendar', properties: { id: p.integer().primary(), name: p.text() } });
const Appointment = defineEntity({
  name: 'Appointment',
  tableName: 'appointment',
  properties: {
    id: p.uuid().primary(),
    calendar: () => p.manyToOne(Calendar).fieldName('calendar_id'),
    status: p.text(),
    customer: p.text(),
    startsAt: p.bigint('number').fieldName('starts_at'),
    endsAt: p.bigint('number').fieldName('ends_at'),
    createdAt: p
      .datetime()
      .fieldName('created_at')
      .onCreate(() => new Date()),
  },
});

export const ormUnitOfWork: ClaimContender = {
  name: 'MikroORM unit of work, pessimistic lock',
  poolSizes: POOL_SIZES,
  async open(postgres, calendars, poolSize) {
    const url = await createAlternativeDatabase(postgres, calendars);
    const orm = await MikroORM.init({
      clientUrl: url,
      entities: [Calendar, Appointment],
      pool: { min: poolSize, max: poolSize },
      metadataCache: { enabled: false },
      allowGlobalContext: false,
    });
    return {
      claim: (calendarId, startsAt) =>
        orm.em.fork().transactional(async (em) => {
          const calendar = await em.findOneOrFail(Calendar, calendarId, { lockMode: LockMode.PESSIMISTIC_WRITE });
          const endsAt = startsAt + CLAIM_MS;
          const overlapping = await em.findOne(Appointment, { calendar, startsAt: { $lt: endsAt }, endsAt: { $gt: startsAt }, status: { $ne: 'cancelled' } });
          if (overlapping !== null) return 'taken';
          em.persist(em.create(Appointment, { id: randomUUID(), calendar, status: 'booked', customer: 'Ada Lovelace', startsAt, endsAt }));
          return 'won';
        }),
      [Symbol.asyncDispose]: () => orm.close(),
    };
  },
};
