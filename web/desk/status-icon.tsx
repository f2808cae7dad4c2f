import { words } from './wording.ts';

const SHAPES = {
  booked: 'M8 3.5a4.5 4.5 0 1 1 0 9a4.5 4.5 0 0 1 0-9',
  pending: 'M5.7 6a2.3 2.3 0 1 1 3.5 2c-.8.5-1.2.9-1.2 1.8M8 12.6v.1',
  'checked-in': 'M3 8.5l3.3 3.3L13 4.6',
  completed: 'M1.2 8.8l3 3L10 5.6M7.4 11.2l.6.6l6.6-6.8',
  'no-show': 'M4 4l8 8M12 4l-8 8',
  blocked: 'M3 8h10',
  overlaps: 'M2.5 2.5h7.5v7.5h-7.5zM6 13.5h7.5V6',
} as const;
export type Sign = keyof typeof SHAPES;
/** In the order of an appointment’s life. */
const SIGNS = ['pending', 'booked', 'checked-in', 'completed', 'no-show', 'blocked', 'overlaps'] as const satisfies readonly Sign[];

/** What the signs mean. */
export function signWords(): readonly (readonly [Sign, string])[] {
  const { status, claim } = words.value;
  const means = { ...status, blocked: claim.blockedTime, overlaps: claim.overlaps };
  return SIGNS.map((sign) => [sign, means[sign]]);
}

/** The sign of a status: a shape, so that it is seen without colours as well. The words stand beside it. */
export function StatusIcon({ sign }: { readonly sign: Sign }) {
  return (
    <svg
      class="status-icon"
      width="16"
      height="16"
      viewBox="0 0 16 16"
      aria-hidden="true"
      fill="none"
      stroke="currentColor"
      stroke-width="2"
      stroke-linecap="round"
      stroke-linejoin="round"
    >
      <path d={SHAPES[sign]} />
    </svg>
  );
}

/** `undefined` for a hold, which has a ring instead. */
export function signOf({ kind, status }: { readonly kind: string; readonly status: string | null }): Sign | undefined {
  if (kind === 'block') return 'blocked';
  return SIGNS.find((sign) => sign === status);
}
