// What is written down for the day in view, for those who work there later. Above the day; read again when the server says that it was written, and each minute
// for what was written elsewhere while the nodes did not hear each other.
import { effect, type Signal, untracked, useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { DayNoteReply } from '../../src/protocol/day-notes.ts';
import { announce } from '../kit/announcing.tsx';
import { Field } from '../kit/field.tsx';
import { clock, shortDay } from '../kit/money-and-time.ts';
import { FormProblem, SendButton, useSending } from '../kit/sending.tsx';
import { askAs } from '../kit/session.ts';
import { noteVersion } from './together.ts';
import { date, locationId, runsTheDesk, timeZone } from './watching.ts';
import { words } from './wording.ts';
import { wrongIn } from './wrong-in.ts';

const AGAIN_MILLISECONDS = 60_000;

export function DayNote() {
  // Of another day or place, it is another note.
  return runsTheDesk.value ? <NoteOf key={`${locationId.value} ${date.value}`} path={`/v1/locations/${locationId.value}/day-notes/${date.value}`} /> : null;
}

function NoteOf({ path }: { readonly path: string }) {
  const note = useSignal<DayNoteReply | undefined>(undefined);
  const isWriting = useSignal(false);
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    let isOver = false;
    const read = async () => {
      const answer = await askAs<DayNoteReply>('GET', path);
      if (isOver || !answer.ok) return;
      // What was saved here meanwhile is newer than this answer.
      if (answer.body.version >= (note.peek()?.version ?? 0)) note.value = answer.body;
    };
    const stop = effect(() => {
      const written = noteVersion.value;
      if (written === undefined || written !== untracked(() => note.value)?.version) void read();
    });
    const timer = setInterval(() => void read(), AGAIN_MILLISECONDS);
    return () => {
      isOver = true;
      stop();
      clearInterval(timer);
    };
  }, [path]);
  const text = words.value.note;
  const known = note.value;
  if (known === undefined) return null;
  const close = () => {
    isWriting.value = false;
    requestAnimationFrame(() => button.current?.focus());
  };
  if (isWriting.value) return <NoteForm path={path} note={note} begun={known} onDone={close} />;
  return (
    <section class="day-note" aria-label={text.label}>
      {known.text !== '' && (
        <p class="typed">
          {known.text} {known.changedAt !== null && <span class="soft">({whenChanged(known.changedAt)})</span>}
        </p>
      )}
      <button
        type="button"
        class="button quiet"
        ref={button}
        onClick={() => {
          isWriting.value = true;
        }}
      >
        {known.text === '' ? text.write : text.change}
      </button>
    </section>
  );
}

function whenChanged(changedAt: string): string {
  const at = Date.parse(changedAt);
  return `${shortDay(at, timeZone.value)}, ${clock(at, timeZone.value)}`;
}

type FormProps = { readonly path: string; readonly note: Signal<DayNoteReply | undefined>; readonly begun: DayNoteReply; readonly onDone: () => void };

/** Saved over the version that is shown: what someone else wrote meanwhile is shown first. */
function NoteForm({ path, note, begun, onDone }: FormProps) {
  const over = useSignal(begun);
  const typed = useSignal(begun.text);
  const { form, isBusy, problem, send } = useSending(async () => {
    const headers = { 'if-match': `"${over.value.version}"` };
    const answer = await askAs<DayNoteReply>('PUT', path, { body: { text: typed.value.trim() }, headers });
    if (answer.ok) {
      note.value = answer.body;
      announce(words.value.note.saved);
      onDone();
      return undefined;
    }
    if (answer.problem.code === 'version-mismatch') {
      const now = await askAs<DayNoteReply>('GET', path);
      if (now.ok) over.value = now.body;
    }
    return answer.problem;
  });
  const text = words.value.note;
  const isOther = problem.value?.code === 'version-mismatch';
  return (
    <form
      class="day-note stack"
      ref={form}
      aria-label={text.label}
      onSubmit={send}
      onKeyDown={(event) => {
        if (event.key === 'Escape') onDone();
      }}
    >
      <Field
        id="day-note"
        label={text.field}
        isOptional
        isLong
        hint={text.hint}
        value={typed.value}
        wrong={wrongIn(problem.value, 'text', 'note')}
        onInput={(value) => {
          typed.value = value;
        }}
      />
      {isOther ? (
        <div class="banner danger" role="alert" tabIndex={-1}>
          <p>{text.others}</p>
          <p class="typed">{over.value.text === '' ? text.emptied : over.value.text}</p>
        </div>
      ) : (
        <FormProblem problem={problem.value} fields={['text']} unheard={text.again} />
      )}
      <div class="actions">
        <SendButton isBusy={isBusy.value}>{text.save}</SendButton>
        <button type="button" class="button" onClick={onDone}>
          {text.cancel}
        </button>
      </div>
    </form>
  );
}
