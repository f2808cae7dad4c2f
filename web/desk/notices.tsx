import { useEffect, useRef } from 'preact/hooks';
import { NotSure } from '../kit/not-sure.tsx';
import { act, type Done, doingWords, type InFlight, inFlight, lastDone, openForm, refused, UNDO_MILLISECONDS, undo } from './acting.ts';
import { RefusalNotice } from './refusal-notice.tsx';
import { words } from './wording.ts';

/** Notices of the desk: unsure commands, refusals, and what can be undone. */
export function Notices() {
  const refusal = refused.value;
  const unsure = inFlight.value.filter(({ form, writing }) => writing.state.value === 'unsure' && !isTold(form));
  return (
    <section class="notices" aria-label={words.value.notices.label}>
      {unsure.map((flight) => (
        <NotSureOf key={flight.writing} flight={flight} />
      ))}
      {refusal !== undefined && !isTold(refusal.form) && <RefusalNotice refusal={refusal} onAct={(command) => void act(command)} />}
      {lastDone.value !== undefined && <DoneNotice key={lastDone.value} done={lastDone.value} />}
    </section>
  );
}

/** By the form itself, while it is open. */
function isTold(form: InFlight['form']): boolean {
  return form !== undefined && form === openForm.value;
}

export function NotSureOf({ flight: { writing, command } }: { readonly flight: InFlight }) {
  return (
    <NotSure
      actions={
        <button type="button" class="button" onClick={writing.abandon}>
          {words.value.notices.giveUp}
        </button>
      }
    >
      {words.value.notices.unsure({ doing: doingWords(command) })}
    </NotSure>
  );
}

/** Stays while a pointer or the focus is on it: eight seconds are short for some. */
function DoneNotice({ done }: { readonly done: Done }) {
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const leave = () => {
    if (lastDone.peek() === done) lastDone.value = undefined;
  };
  const wait = () => {
    clearTimeout(timer.current);
    timer.current = setTimeout(leave, UNDO_MILLISECONDS);
  };
  const stay = () => clearTimeout(timer.current);
  useEffect(() => {
    wait();
    return stay;
  }, []);
  return (
    <div class="done-notice" onPointerEnter={stay} onPointerLeave={wait} onFocusCapture={stay} onBlurCapture={wait}>
      <p>{done.words}.</p>
      {done.undo !== undefined && (
        <button type="button" class="button" onClick={() => void undo(done)}>
          {words.value.notices.undo}
        </button>
      )}
      <button type="button" class="button quiet" onClick={leave}>
        {words.value.notices.close}
      </button>
    </div>
  );
}
