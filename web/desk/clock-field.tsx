// A time of day that is typed.
import { minuteOfDay } from '../kit/zoned-dates.ts';

/** Seconds between the times that the arrows of the field go through. */
const STEP_SECONDS = 300;

type Props = { readonly id: string; readonly label: string; readonly value: string; readonly onInput: (value: string) => void };

/** `value` as `clockField` writes it; empty while nothing, or half of a time, is typed. */
export function ClockField({ id, label, value, onInput }: Props) {
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input id={id} type="time" required step={STEP_SECONDS} value={value} onInput={(event) => onInput(event.currentTarget.value)} />
    </div>
  );
}

/** The time of day of a moment (ms since 1970), as such a field has it. */
export function clockField(at: number, timeZone: string): string {
  const minute = minuteOfDay(at, timeZone);
  return `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
}
