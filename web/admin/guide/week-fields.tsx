const DAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const;
type Day = (typeof DAYS)[number];
type Hours = { readonly isOpen: boolean; readonly from: string; readonly to: string };
export type Week = Readonly<Record<Day, Hours>>;

const open: Hours = { isOpen: true, from: '09:00', to: '17:00' };
const closed: Hours = { ...open, isOpen: false };
export const WORKING_WEEK: Week = { monday: open, tuesday: open, wednesday: open, thursday: open, friday: open, saturday: closed, sunday: closed };

/** As the server has it. */
export function weeklyOf(week: Week): readonly { readonly day: Day; readonly from: string; readonly to: string }[] {
  return DAYS.filter((day) => week[day].isOpen).map((day) => ({ day, from: week[day].from, to: week[day].to }));
}

const nameOf = (day: Day) => `${day.charAt(0).toUpperCase()}${day.slice(1)}`;

/** One stretch for each day of the week. */
export function WeekFields({ week, onChange }: { readonly week: Week; readonly onChange: (week: Week) => void }) {
  const set = (day: Day, part: Partial<Hours>) => onChange({ ...week, [day]: { ...week[day], ...part } });
  return (
    <div>
      {DAYS.map((day) => (
        <fieldset key={day} class="day-hours">
          <legend class="only-heard">{nameOf(day)}</legend>
          <label class="check">
            <input type="checkbox" checked={week[day].isOpen} onChange={(event) => set(day, { isOpen: event.currentTarget.checked })} />
            {nameOf(day)}
          </label>
          {week[day].isOpen ? (
            <>
              <input type="time" aria-label="From" value={week[day].from} onInput={(event) => set(day, { from: event.currentTarget.value })} />
              <input type="time" aria-label="To" value={week[day].to} onInput={(event) => set(day, { to: event.currentTarget.value })} />
            </>
          ) : (
            <p class="soft">closed</p>
          )}
        </fieldset>
      ))}
    </div>
  );
}
