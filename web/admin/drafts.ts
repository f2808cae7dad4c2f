// What is typed into the forms of the back office, and not saved yet: it survives a look at another tab, a reload, and the change of another person.

import type { Kind, Typed } from '../kit/field-kinds.tsx';
import { keptInTab } from '../kit/tab-storage.ts';

export type Values = { readonly [name: string]: unknown };
type FieldOf<Value> = {
  readonly label: string;
  readonly kind: Kind<Value>;
  readonly hint?: string;
  readonly isOptional?: boolean;
};
type AnyField = Omit<FieldOf<unknown>, 'kind'> & { readonly kind: Kind<unknown> };
/** A field for each that a request can have: what the protocol gets, a form has to show. */
export type FieldsOf<Body> = { readonly [Name in keyof Body]-?: FieldOf<Exclude<Body[Name], undefined>> };
export type AnyFields = { readonly [name: string]: AnyField };

/** `base` is the record as it was when the form was last equal to it; null for a new one. `news`: fields that another person has changed since. */
export type Draft = { readonly base: Values | null; readonly typed: { readonly [name: string]: Typed }; readonly news: Values };

type Kept = { readonly by: string; readonly open: { readonly [form: string]: Draft } };
const kept = keptInTab<Kept>('slotkeeper-admin-drafts', { by: '', open: {} });

/** Another person at the same browser begins afresh. */
export function dropDraftsOfOthers(userId: string): void {
  if (kept.peek().by !== userId) kept.value = { by: userId, open: {} };
}

export function draftOf(form: string): Draft | undefined {
  return kept.value.open[form];
}

export function keepDraft(form: string, draft: Draft | undefined): void {
  const { [form]: _, ...others } = kept.peek().open;
  kept.value = { ...kept.peek(), open: draft === undefined ? others : { ...others, [form]: draft } };
}

export type Changes = { readonly body: Values; readonly wrong: { readonly [name: string]: string } };

/** What a save would send. What was typed back to what it was is no change. */
export function changesOf({ base, typed }: Draft, fields: AnyFields): Changes {
  const body: Record<string, unknown> = {};
  const wrong: Record<string, string> = {};
  for (const [name, text] of Object.entries(typed)) {
    const field = fields[name];
    if (field === undefined) continue;
    const read = field.kind.read(text);
    if ('wrong' in read) wrong[name] = `${field.label} ${read.wrong}.`;
    else if (base === null || !isSame(read.value, base[name])) body[name] = read.value;
  }
  return { body, wrong };
}

/** The draft on top of what another person has saved meanwhile: what only they have changed is theirs, what both have is shown, and nothing typed is lost. */
export function onTopOf(draft: Draft, record: Values, fields: AnyFields): Draft {
  const { base } = draft;
  if (base === null) return draft;
  const news = Object.keys(fields).filter((name) => !isSame(base[name], record[name]));
  return { ...draft, base: record, news: { ...draft.news, ...Object.fromEntries(news.map((name) => [name, base[name]])) } };
}

/** None and left out are the same. */
function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one ?? null) === JSON.stringify(other ?? null);
}
