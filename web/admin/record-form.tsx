// A form for one record: it says what a save changes, marks what is wrong, and shows what other people save meanwhile.
import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { Answer, Problem } from '../kit/api.ts';
import type { Typed } from '../kit/field-kinds.tsx';
import { FormProblem, SendButton, useSending } from '../kit/sending.tsx';
import { type AnyFields, changesOf, type Draft, draftOf, keepDraft, onTopOf, type Values } from './drafts.ts';
import { tell } from './notice.tsx';

export type RecordForm = {
  readonly id: string;
  readonly fields: AnyFields;
  /** As it would be after a save; what cannot be read is as it was. */
  readonly values: Values;
  readonly typedOf: (name: string) => Typed;
  readonly type: (name: string, typed: Typed) => void;
  readonly wrongOf: (name: string) => string | undefined;
};
type Props<Reply> = {
  /** Unique in the back office: what is typed is kept under it. */
  readonly id: string;
  readonly fields: AnyFields;
  /** null: a new one, which begins as `blank`. */
  readonly record: Values | null;
  readonly blank?: Values;
  /** As it is now; asked for while the form is in sight. */
  readonly reread?: () => Promise<Values | undefined>;
  readonly save: (body: Values, version: number | undefined) => Promise<Answer<Reply>>;
  readonly onSaved: (reply: Reply) => void;
  readonly words: { readonly save: string; readonly saved: string };
  /** For whom a change of these fields counts, as a sentence. */
  readonly reach?: (names: readonly string[]) => string | undefined;
  readonly children: (form: RecordForm) => ComponentChildren;
  readonly acts?: ComponentChildren;
};

/** How often the record is looked at again while a form shows it. */
const LOOK_AGAIN_MILLISECONDS = 8_000;

export function RecordForm<Reply>(props: Props<Reply>) {
  const { id, fields, record, blank = {}, words, reach, children, acts } = props;
  const draft: Draft = draftOf(id) ?? { base: record, typed: {}, news: {} };
  const { body, wrong } = changesOf(draft, fields);
  const isTried = useSignal(false);
  const keep = (next: Draft) => keepDraft(id, next);
  useOthers(props);
  const { form, isBusy, problem, send, forget } = useSending(async () => {
    isTried.value = true;
    const now = draftOf(id) ?? draft;
    const changes = changesOf(now, fields);
    const [first] = Object.keys(changes.wrong);
    if (first !== undefined) return unreadable(changes.wrong);
    const refused = await saveOnce(props, now, changes.body);
    if (refused === undefined) isTried.value = false;
    return refused;
  });
  const currentOf = (name: string) => (name in body ? body[name] : (draft.base?.[name] ?? blank[name]));
  const typedOf = (name: string): Typed => draft.typed[name] ?? fields[name]?.kind.show(currentOf(name)) ?? '';
  const type = (name: string, typed: Typed) => {
    if (problem.value?.errors?.some(({ path }) => isOf(path, name))) forget();
    keep({ ...draft, typed: { ...draft.typed, [name]: typed } });
  };
  const wrongOf = (name: string) => (isTried.value ? wrong[name] : undefined) ?? serverSays(problem.value, name, fields[name]?.label ?? name);
  const values = Object.fromEntries(Object.keys(fields).map((name) => [name, currentOf(name)]));
  const names = Object.keys(body);
  const isTouched = Object.keys(draft.typed).length > 0;
  return (
    <form class="record" ref={form} noValidate onSubmit={send}>
      <TheirNews draft={draft} fields={fields} onTheirs={(name) => keep(withoutTyped(draft, name))} onSeen={() => keep({ ...draft, news: {} })} />
      {children({ id, fields, values, typedOf, type, wrongOf })}
      <div class="record-foot" data-touched={isTouched}>
        <FormProblem problem={problem.value} fields={markable(problem.value, fields)} unheard="Please look at the list before you try again." />
        {record !== null && names.length > 0 && <Changed names={names} before={draft.base ?? {}} after={body} fields={fields} />}
        {names.length > 0 && reach?.(names) !== undefined && <p class="soft">{reach(names)}</p>}
        <div class="actions">
          <SendButton isBusy={isBusy.value}>{words.save}</SendButton>
          {isTouched && (
            <button
              type="button"
              class="button quiet"
              onClick={() => {
                keepDraft(id, undefined);
                isTried.value = false;
                forget();
              }}
            >
              Discard changes
            </button>
          )}
          {acts}
        </div>
      </div>
    </form>
  );
}

async function saveOnce<Reply>(props: Props<Reply>, draft: Draft, body: Values): Promise<Problem | undefined> {
  const { id, fields, record, words, reach, reread } = props;
  const names = Object.keys(body);
  if (record !== null && names.length === 0) {
    keepDraft(id, undefined);
    tell('Nothing was changed.');
    return undefined;
  }
  const version = draft.base?.version;
  const answer = await props.save(body, typeof version === 'number' ? version : undefined);
  if (!answer.ok) {
    const newer = answer.problem.code === 'version-mismatch' ? await reread?.() : undefined;
    if (newer !== undefined) keepDraft(id, onTopOf(draft, newer, fields));
    return answer.problem;
  }
  keepDraft(id, undefined);
  const reached = reach?.(names);
  tell(words.saved, [...(record === null ? [] : sentencesOf(names, draft.base ?? {}, body, fields)), ...(reached === undefined ? [] : [reached])]);
  props.onSaved(answer.body);
  return undefined;
}

/** What other people save comes in by itself. */
function useOthers<Reply>({ id, fields, record, reread }: Props<Reply>): void {
  const look = useRef(async () => {});
  const take = (newer: Values) => {
    const draft = draftOf(id);
    if (draft !== undefined && draft.base !== null && draft.base.version !== newer.version) keepDraft(id, onTopOf(draft, newer, fields));
  };
  look.current = async () => {
    if (document.visibilityState !== 'visible' || record === null) return;
    const newer = await reread?.();
    if (newer !== undefined) take(newer);
  };
  useEffect(() => {
    // Kept from an earlier look, while the record went on.
    if (record !== null) take(record);
  }, [record?.version]);
  useEffect(() => {
    const timer = setInterval(() => void look.current(), LOOK_AGAIN_MILLISECONDS);
    return () => clearInterval(timer);
  }, []);
}

type NewsProps = { readonly draft: Draft; readonly fields: AnyFields; readonly onTheirs: (name: string) => void; readonly onSeen: () => void };

/** What another person has changed while this form was open, and what is typed here instead. */
function TheirNews({ draft, fields, onTheirs, onSeen }: NewsProps) {
  const names = Object.keys(draft.news);
  if (names.length === 0) return null;
  const { body } = changesOf(draft, fields);
  return (
    <div class="banner" role="status">
      <div class="theirs-and-mine">
        <p>
          <strong>This was changed by someone else meanwhile.</strong> What you typed is still here.
        </p>
        <ul class="theirs-and-mine">
          {names.map((name) => (
            <li key={name}>
              <span>
                {fields[name]?.label}: {fields[name]?.kind.say(draft.news[name])} → <strong>{fields[name]?.kind.say(draft.base?.[name])}</strong>
                {name in body && <>, and you typed {fields[name]?.kind.say(body[name])}</>}
              </span>
              {name in body && (
                <button type="button" class="button" onClick={() => onTheirs(name)}>
                  Take theirs<span class="only-heard">: {fields[name]?.label}</span>
                </button>
              )}
            </li>
          ))}
        </ul>
        <div>
          <button type="button" class="button" onClick={onSeen}>
            {names.some((name) => name in body) ? 'Keep what I typed' : 'I have seen it'}
          </button>
        </div>
      </div>
    </div>
  );
}

function withoutTyped(draft: Draft, name: string): Draft {
  const without = <Part,>(record: { readonly [key: string]: Part }) => Object.fromEntries(Object.entries(record).filter(([key]) => key !== name));
  return { ...draft, typed: without(draft.typed), news: without(draft.news) };
}

type ChangedProps = { readonly names: readonly string[]; readonly before: Values; readonly after: Values; readonly fields: AnyFields };

function Changed({ names, before, after, fields }: ChangedProps) {
  return (
    <ul class="changes" aria-label="Changes">
      {names.map((name) => (
        <li key={name}>
          {fields[name]?.label}: <del>{fields[name]?.kind.say(before[name])}</del> → <ins>{fields[name]?.kind.say(after[name])}</ins>
        </li>
      ))}
    </ul>
  );
}

function sentencesOf(names: readonly string[], before: Values, after: Values, fields: AnyFields): readonly string[] {
  return names.map((name) => `${fields[name]?.label}: ${fields[name]?.kind.say(before[name])} → ${fields[name]?.kind.say(after[name])}.`);
}

function unreadable(wrong: Changes['wrong']): Problem {
  return { code: 'invalid-request', status: 400, title: '', errors: Object.entries(wrong).map(([path, message]) => ({ path, message })) };
}
type Changes = ReturnType<typeof changesOf>;

const isOf = (path: string, name: string) => path === name || path.startsWith(`${name}.`);

function serverSays(problem: Problem | undefined, name: string, label: string): string | undefined {
  const said = problem?.errors?.find(({ path }) => isOf(path, name))?.message;
  if (said === undefined) return undefined;
  return said.startsWith(label) ? said : `${label} ${said}.`;
}

function markable(problem: Problem | undefined, fields: AnyFields): readonly string[] {
  return (problem?.errors ?? []).map(({ path }) => path).filter((path) => Object.keys(fields).some((name) => isOf(path, name)));
}

type FormFieldProps = { readonly form: RecordForm; readonly name: string };

/** One field of the form, with its label, hint and what is wrong with it. */
function FormField({ form, name }: FormFieldProps) {
  const field = form.fields[name];
  if (field === undefined) throw new Error(`the form has no field ${name}`);
  const { label, hint, kind, isOptional = false } = field;
  const id = `${form.id.replaceAll('/', '-')}-${name}`;
  const wrong = form.wrongOf(name);
  const described = [...(hint === undefined ? [] : [`${id}-hint`]), ...(wrong === undefined ? [] : [`${id}-wrong`])].join(' ');
  const shared = { 'aria-invalid': wrong !== undefined, ...(described !== '' && { 'aria-describedby': described }) };
  const { Input } = kind;
  const inside = (
    <>
      <Input id={id} typed={form.typedOf(name)} onType={(typed) => form.type(name, typed)} shared={shared} />
      {hint !== undefined && (
        <p class="field-hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {wrong !== undefined && (
        <p class="wrong" id={`${id}-wrong`}>
          {wrong}
        </p>
      )}
    </>
  );
  if (kind.isGroup)
    return (
      <fieldset class="field" {...(described !== '' && { 'aria-describedby': described })}>
        <legend class="label">{label}</legend>
        {inside}
      </fieldset>
    );
  return (
    <div class="field">
      <label for={id}>
        {label} {isOptional && <span class="optional">(optional)</span>}
      </label>
      {inside}
    </div>
  );
}

type PartProps = {
  readonly title: string;
  readonly form: RecordForm;
  readonly names?: readonly string[];
  readonly rows?: readonly (readonly string[])[];
  /** After the fields. */
  readonly children?: ComponentChildren;
};

/** Fields that belong together; a row of them is beside each other where there is room. */
export function FormPart({ title, form, names = [], rows = names.map((name) => [name]), children }: PartProps) {
  return (
    <section class="card record-part" aria-label={title}>
      <h2>{title}</h2>
      {rows.map((row) => (
        <div key={row.join()} class="record-row">
          {row.map((name) => (
            <FormField key={name} form={form} name={name} />
          ))}
        </div>
      ))}
      {children}
    </section>
  );
}
