import { useSignal } from '@preact/signals';
import type { z } from 'zod';
import type { session as sessionShape } from '../../src/protocol/auth.ts';
import { agoNow } from '../kit/ago-now.ts';
import { announce } from '../kit/announcing.tsx';
import type { Problem } from '../kit/api.ts';
import { Read, useReading } from '../kit/reading.tsx';
import { FormProblem } from '../kit/sending.tsx';
import { askAs } from '../kit/session.ts';
import { othersEnded } from './other-sessions.ts';
import { focusSection, Section } from './section.tsx';

type Session = z.output<typeof sessionShape>;
const ID = 'sessions';

/** The user's sessions. Ending one takes its access away at once. */
export function Sessions() {
  return (
    <Section id={ID} title="Where you are logged in" lead="End any session you do not recognise, then change your password.">
      <SessionList key={othersEnded.value} />
    </Section>
  );
}

function SessionList() {
  const ending = useSignal<string | undefined>(undefined);
  const problem = useSignal<Problem | undefined>(undefined);
  const reading = useReading(() => askAs<{ readonly items: readonly Session[] }>('GET', '/v1/auth/sessions'));
  /** Of one session, or of all others. */
  const end = async (path: string, words: string) => {
    if (ending.value !== undefined) return;
    ending.value = path;
    const answer = await askAs('DELETE', path);
    await reading.again();
    ending.value = undefined;
    // A session that has already ended is the wanted result.
    problem.value = answer.ok || answer.problem.code === 'not-found' ? undefined : answer.problem;
    if (problem.value === undefined) announce(words);
    focusSection(ID);
  };
  return (
    <Read reading={reading}>
      {({ items }) => (
        <>
          <FormProblem problem={problem.value} unheard="The list shows where you are still logged in." />
          <ul class="rows">
            {items.map((item) => (
              <Row key={item.id} item={item} isEnding={ending.value === pathOf(item)} onEnd={() => void end(pathOf(item), `${item.device} is logged out.`)} />
            ))}
          </ul>
          {items.length > 1 && (
            <div class="matter-foot">
              <button
                type="button"
                class="button danger"
                aria-busy={ending.value === ALL_OTHERS || undefined}
                onClick={() => void end(ALL_OTHERS, 'All other sessions are logged out.')}
              >
                End all other sessions
              </button>
            </div>
          )}
        </>
      )}
    </Read>
  );
}

const ALL_OTHERS = '/v1/auth/sessions';
const pathOf = ({ id }: Session) => `${ALL_OTHERS}/${id}`;

type RowProps = { readonly item: Session; readonly isEnding: boolean; readonly onEnd: () => void };

function Row({ item, isEnding, onEnd }: RowProps) {
  const facts = [item.address, item.current ? 'in use now' : `last used ${agoNow(item.lastUsedAt)}`];
  return (
    <li class="row">
      <div class="row-words">
        <p class="row-title">
          {item.device} {item.current && <span class="chip">This device</span>}
        </p>
        <p class="soft small">{facts.filter((fact) => fact !== '').join(' · ')}</p>
      </div>
      {!item.current && (
        <button type="button" class="button quiet" aria-busy={isEnding || undefined} onClick={onEnd}>
          End<span class="only-heard"> {item.device}</span>
        </button>
      )}
    </li>
  );
}
