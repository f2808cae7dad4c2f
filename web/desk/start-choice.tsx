import { type Signal, useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { clock } from '../kit/money-and-time.ts';
import { minuteOfDay, momentOf } from '../kit/zoned-dates.ts';
import { nearest } from './day-layout.ts';
import { offeredStarts } from './moving.ts';
import { board, timeZone } from './watching.ts';
import { words } from './wording.ts';

type Asked = {
  readonly serviceId: string;
  readonly staffId: string;
  readonly day: string;
  readonly movingAppointmentId?: string;
  readonly addOnIds?: readonly string[];
};

/**
 * The free starts of a service with one person on a day; loaded again when that person's calendar changes. `undefined` while loading.
 * `startsAt` is kept on one of them: the nearest by the clock.
 */
export function useOfferedStarts(asked: Asked, startsAt: Signal<number>): readonly number[] | undefined {
  const { serviceId, staffId, day, movingAppointmentId, addOnIds = [] } = asked;
  const starts = useSignal<readonly number[] | undefined>(undefined);
  const revision = [...board.value.calendars.values()].find((calendar) => calendar.staffId === staffId)?.revision;
  useEffect(() => {
    if (serviceId === '' || day === '') return undefined;
    let isStale = false;
    const wished = momentOf(day, minuteOfDay(startsAt.peek(), timeZone.peek()), timeZone.peek());
    void offeredStarts({ serviceId, staffIds: [staffId], day, addOnIds, ...(movingAppointmentId === undefined ? {} : { movingAppointmentId }) }).then(
      (offered) => {
        if (isStale) return;
        const found = offered?.get(staffId) ?? [];
        starts.value = found;
        startsAt.value = nearest(wished, found) ?? wished;
      },
    );
    return () => {
      isStale = true;
    };
  }, [serviceId, staffId, day, movingAppointmentId, addOnIds.join(), revision]);
  return starts.value;
}

export function StartChoice({
  id,
  offered,
  startsAt,
}: {
  readonly id: string;
  readonly offered: readonly number[] | undefined;
  readonly startsAt: Signal<number>;
}) {
  if (offered?.length === 0) return <p class="banner">{words.value.fresh.noTimes}</p>;
  return (
    <div class="field">
      <label for={id}>{words.value.fresh.time}</label>
      <select
        id={id}
        value={String(startsAt.value)}
        aria-busy={offered === undefined}
        onChange={(event) => {
          startsAt.value = Number(event.currentTarget.value);
        }}
      >
        {(offered ?? [startsAt.value]).map((start) => (
          <option key={start} value={String(start)}>
            {clock(start, timeZone.value)}
          </option>
        ))}
      </select>
    </div>
  );
}
