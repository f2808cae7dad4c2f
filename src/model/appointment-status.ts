// What an appointment can be in. The one list of it: types, constraints, queries and the wire are made from it.

type Status = {
  /** It has a claim on its calendar, and so is on boards. */
  readonly keepsTime: boolean;
  /** It is still to be kept, or under way. */
  readonly isLive: boolean;
};

const STATUSES = {
  pending: { keepsTime: true, isLive: true },
  booked: { keepsTime: true, isLive: true },
  declined: { keepsTime: false, isLive: false },
  'checked-in': { keepsTime: true, isLive: true },
  completed: { keepsTime: true, isLive: false },
  cancelled: { keepsTime: false, isLive: false },
  'no-show': { keepsTime: true, isLive: false },
} as const satisfies Readonly<Record<string, Status>>;

export type AppointmentStatus = keyof typeof STATUSES;

export const APPOINTMENT_STATUSES = Object.keys(STATUSES) as readonly AppointmentStatus[] as readonly [AppointmentStatus, ...AppointmentStatus[]];
export const LIVE_STATUSES: readonly AppointmentStatus[] = APPOINTMENT_STATUSES.filter((status) => STATUSES[status].isLive);
export const STATUSES_WITH_TIME: readonly AppointmentStatus[] = APPOINTMENT_STATUSES.filter((status) => STATUSES[status].keepsTime);
