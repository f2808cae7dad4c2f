// The shelf: appointments that are put aside while another day is looked for. Only their ids are kept, for this user and as long as the tab;
// they stay booked where they are until they are dropped on a day.
import { computed } from '@preact/signals';
import { announce } from '../kit/announcing.tsx';
import { session } from '../kit/session.ts';
import { keptInTab } from '../kit/tab-storage.ts';
import { words } from './wording.ts';

/** More would be a second day. */
const MOST = 12;
const kept = keptInTab<{ readonly by: string | null; readonly ids: readonly string[] }>('slotkeeper-desk-shelf-1', { by: null, ids: [] });
const userId = computed(() => (session.value.state === 'in' ? session.value.user.id : null));
/** In the order in which they were put there. */
export const shelf = computed<readonly string[]>(() => (kept.value.by === userId.value ? kept.value.ids : []));

export function putOnShelf(id: string): void {
  if (shelf.value.includes(id)) return;
  if (shelf.value.length >= MOST) return announce(words.value.shelf.full({ count: MOST }));
  kept.value = { by: userId.value, ids: [...shelf.value, id] };
  announce(words.value.shelf.put);
}

export function takeOffShelf(id: string): void {
  if (shelf.value.includes(id)) kept.value = { by: userId.value, ids: shelf.value.filter((other) => other !== id) };
}
