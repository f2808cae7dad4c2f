import type { BoardCalendar, BoardRoom } from './board.ts';
import { ClaimWords, ONE_LINE_MINUTES } from './claim-item.tsx';
import { serviceColour } from './claim-words.ts';
import { Background, ColumnTitle, countWords } from './column.tsx';
import { drawnPart, layOut } from './day-layout.ts';
import type { Stretch } from './views.ts';

type Props = { readonly name: string; readonly calendar: BoardCalendar | BoardRoom; readonly isFirst?: boolean | undefined } & Stretch;

/** A day as it was: there is nothing to press. */
export function PastColumn({ name, calendar, isFirst, day, stretch }: Props) {
  const placed = layOut([...calendar.claims.values()].filter((claim) => drawnPart(claim, stretch) !== undefined));
  const appointments = placed.filter(({ claim }) => claim.kind === 'appointment').length;
  const id = `was-${calendar.calendarId}-${day.date}`;
  return (
    <section class="column" aria-labelledby={id} data-presence="here" data-first={isFirst}>
      <header class="column-top">
        <ColumnTitle id={id} name={name} day={day}>
          {countWords(appointments)}
        </ColumnTitle>
      </header>
      <div class="column-body">
        <Background calendar={calendar} day={day} stretch={stretch} />
        <ol>
          {placed.map(({ claim, place, places }) => {
            const part = drawnPart(claim, stretch);
            if (part === undefined) return null;
            const drawn = {
              top: `calc(var(--minute) * ${part.top})`,
              height: `calc(var(--minute) * ${part.height})`,
              left: `${(place / places) * 100}%`,
              width: `${100 / places}%`,
            };
            return (
              <li key={claim.id} style={drawn}>
                <div
                  class="claim"
                  style={{ '--service': serviceColour(claim) }}
                  data-kind={claim.kind}
                  data-status={claim.status ?? undefined}
                  data-short={part.height < ONE_LINE_MINUTES || undefined}
                >
                  <ClaimWords claim={claim} />
                </div>
              </li>
            );
          })}
        </ol>
      </div>
    </section>
  );
}
