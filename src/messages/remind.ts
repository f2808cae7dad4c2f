// Reminders are derived and not scheduled: every minute it is looked which appointments have come due at an offset and have no reminder for it and their start yet. So one that
// was moved gets exactly one at its new time and a cancelled one none, whatever was killed in between.
import { randomUUIDv7 } from 'node:crypto';
import { z } from 'zod';
import type { JobKind } from '../jobs/job.ts';
import type { Instant } from '../model/instant.ts';
import type { MessageChannel, MessageSettings } from '../protocol/messages.ts';
import type { AboutAppointment, NewMessage } from './message.ts';
import { type ChannelsOf, KEY_ENDS } from './message-consumer.ts';
import type { DueReminder, MessageStore } from './message-store-port.ts';

/** Written in one transaction. */
const MOST_AT_ONCE = 500;
/** Of one minute; what is left comes in the next. */
const MOST_ROUNDS = 60;

export type RemindingParts = {
  readonly store: Pick<MessageStore, 'dueReminders'>;
  readonly settings: () => Pick<MessageSettings, 'reminderMinutes'>;
  readonly channelsOf: ChannelsOf;
  /** In a transaction of their own; what is there already stays. */
  readonly write: (messages: readonly NewMessage[]) => Promise<void>;
  readonly now: () => Instant;
};

export function remindJob({ store, settings, channelsOf, write, now }: RemindingParts): JobKind<object> {
  return {
    name: 'remind',
    payload: z.object({}),
    atOnce: 1,
    expireSeconds: 120,
    retries: { most: 0, firstDelaySeconds: 0, longestDelaySeconds: 0 },
    schedule: '* * * * *',
    async work(_, { signal }) {
      const { reminderMinutes } = settings();
      let last: AboutAppointment | null = null;
      for (let round = 0; round < MOST_ROUNDS && !signal.aborted && reminderMinutes.length > 0; round += 1) {
        const due = await store.dueReminders(reminderMinutes, MOST_AT_ONCE, last);
        if (due.length > 0) await write(due.flatMap((reminder) => remindersOf(reminder, channelsOf('appointment-reminder'), now())));
        if (due.length < MOST_AT_ONCE) return;
        last = due.at(-1)?.about ?? null;
      }
    },
  };
}

function remindersOf({ about, customerId, locale, minutes }: DueReminder, channels: readonly MessageChannel[], createdAt: Instant): readonly NewMessage[] {
  return channels.map((channel) => {
    const key = `reminder/${about.id}/${about.startsAt}/${minutes}${KEY_ENDS[channel]}`;
    return { id: randomUUIDv7(), key, kind: 'appointment-reminder', channel, locale, customerId, about, createdAt };
  });
}
