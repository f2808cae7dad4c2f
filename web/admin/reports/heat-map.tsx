// Hours down, weekdays across, so that it fits on a telephone. The number is in every field; the shade only helps to see it.
import { WEEKDAYS } from '../../../src/model/day-plan.ts';
import type { ReportRow } from '../../../src/protocol/analytics.ts';
import type { Measure } from './report-words.ts';

const SHADES = 5;
type HeatMapProps = { readonly title: string; readonly rows: readonly ReportRow[]; readonly measure: Measure };

export function HeatMap({ title, rows, measure }: HeatMapProps) {
  const sums = new Map<string, number>();
  for (const row of rows) {
    const key = `${row.weekday}/${row.hour}`;
    sums.set(key, (sums.get(key) ?? 0) + (measure.of(row) ?? 0));
  }
  const most = Math.max(1, ...sums.values());
  const hours = rows.map(({ hour = 0 }) => hour);
  const [first, last] = [Math.min(...hours), Math.max(...hours)];
  const shown = Array.from({ length: last - first + 1 }, (_, index) => first + index);
  return (
    <table class="heat-map card">
      <caption class="only-heard">{title}</caption>
      <thead>
        <tr>
          <td />
          {WEEKDAYS.map((day) => (
            <th key={day} scope="col">
              <abbr title={day}>{day.slice(0, 3)}</abbr>
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {shown.map((hour) => (
          <tr key={hour}>
            <th scope="row">{`${String(hour).padStart(2, '0')}:00`}</th>
            {WEEKDAYS.map((day) => {
              const sum = sums.get(`${day}/${hour}`) ?? 0;
              return (
                <td key={day} data-shade={sum === 0 ? 0 : Math.max(1, Math.round((sum / most) * SHADES))}>
                  {sum}
                </td>
              );
            })}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
