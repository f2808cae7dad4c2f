// Notes of the front desk for a day.
import { type DayNoteStore, readDayNote, writeDayNote } from '../../../booking/day-notes.ts';
import type { CatalogKeeper } from '../../../catalog/catalog-keeper.ts';
import type { Instant } from '../../../model/instant.ts';
import { dayNote, dayNoteBody, dayNoteParams } from '../../../protocol/day-notes.ts';
import { type Route, route } from '../route.ts';

type Parts = {
  readonly catalog: Pick<CatalogKeeper, 'snapshot' | 'snapshotWithArchived'>;
  readonly dayNotes: DayNoteStore;
  readonly scheduler: { now(): Instant };
};

const shared = {
  tag: 'Locations',
  path: '/v1/locations/{id}/day-notes/{date}',
  action: 'keep-day-notes',
  params: dayNoteParams,
} as const;

export const dayNoteRoutes: readonly Route<Parts>[] = [
  route({
    ...shared,
    method: 'get',
    summary: 'What is written down for a day',
    hasVersion: true,
    replies: { 200: { description: 'With the version as ETag; version 0 and an empty text if there is none.', schema: dayNote } },
    problems: ['not-found'],
    handle: (parts: Parts, { caller, params: { id, date } }) => readDayNote(parts, caller, { locationId: id, date }),
  }),
  route({
    ...shared,
    method: 'put',
    summary: 'Write something down for a day',
    isConditional: true,
    body: dayNoteBody,
    replies: { 200: { description: 'As it is now. It is forgotten 30 days after it was last changed.', schema: dayNote } },
    problems: ['not-found', 'version-mismatch'],
    handle: (parts: Parts, { caller, params: { id, date }, body }) => writeDayNote(parts, caller, { locationId: id, date }, body.text),
  }),
];
