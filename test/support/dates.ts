/** A local date some days from today. */
export function dateIn(days: number, timeZone = 'UTC'): string {
  return Temporal.Now.plainDateISO(timeZone).add({ days }).toString();
}

/** Open on every day of the week, as locations say it. */
export function everyDay(from: string, to: string): readonly { readonly day: string; readonly from: string; readonly to: string }[] {
  return ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'].map((day) => ({ day, from, to }));
}
