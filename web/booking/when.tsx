import type { ComponentChildren } from 'preact';
import { sentenceOf } from '../kit/problem-sentences.ts';
import { DayStrip } from './day-strip.tsx';
import { watchProblem } from './free-times.ts';
import { words } from './languages.ts';
import { Soon } from './soon.tsx';
import { type Picking, TimeGrid } from './time-grid.tsx';

/** The free times: the next ones, a week, a month, and those of one day. `children`: what has become of the last press. */
export function When({ picking, children }: { readonly picking: Picking; readonly children?: ComponentChildren }) {
  return (
    <section class="step when" aria-labelledby="when">
      <h2 id="when">{words.value.choice.when}</h2>
      {children}
      <Soon picking={picking} />
      <DayStrip />
      {watchProblem.value !== undefined && (
        <p class="banner danger" role="alert">
          {sentenceOf(watchProblem.value)}
        </p>
      )}
      <TimeGrid picking={picking} />
    </section>
  );
}
