// A list that the server gives page by page.
import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';
import type { Answer, Problem } from '../kit/api.ts';
import { sentenceOf } from '../kit/problem-sentences.ts';
import { askAs } from '../kit/session.ts';

type Page<Item> = { readonly items: readonly Item[]; readonly nextCursor: string | null };
export type Pages<Item, Reply> = {
  readonly items: readonly Item[];
  /** The last answer, with what it says beside its items. */
  readonly reply: Reply | undefined;
  /** Under the list: that it is being read, or that there is more. */
  readonly more: ComponentChildren;
  /** Above the list, if it could not be read. */
  readonly trouble: ComponentChildren;
  /** After something was done with what is listed: what went wrong stands above the list, which is read again. */
  readonly did: (answer: Answer<unknown>) => Promise<void>;
};

/** `path` with its query, but for the cursor; another path begins anew. */
export function usePages<Item, Reply extends Page<Item> = Page<Item>>(path: string): Pages<Item, Reply> {
  const items = useSignal<readonly Item[]>([]);
  const reply = useSignal<Reply | undefined>(undefined);
  const problem = useSignal<Problem | undefined>(undefined);
  const refused = useSignal<Problem | undefined>(undefined);
  const asked = useSignal(path);
  const read = async (cursor?: string) => {
    asked.value = path;
    const answer = await askAs<Reply>('GET', cursor === undefined ? path : `${path}&cursor=${encodeURIComponent(cursor)}`);
    if (asked.peek() !== path) return;
    problem.value = answer.ok ? undefined : answer.problem;
    if (!answer.ok) return;
    items.value = [...(cursor === undefined ? [] : items.peek()), ...answer.body.items];
    reply.value = answer.body;
  };
  useEffect(() => void read(), [path]);
  const cursor = reply.value?.nextCursor ?? null;
  const more = cursor !== null && (
    <button type="button" class="button listing-more" onClick={() => void read(cursor)}>
      Show more
    </button>
  );
  const loading = <div class="loading reading-list" aria-busy="true" />;
  const wrong = problem.value ?? refused.value;
  const trouble = wrong !== undefined && (
    <p class="banner danger" role="alert">
      {sentenceOf(wrong)}
    </p>
  );
  return {
    items: items.value,
    reply: reply.value,
    more: reply.value === undefined && problem.value === undefined ? loading : more,
    trouble,
    async did(answer) {
      refused.value = answer.ok ? undefined : answer.problem;
      await read();
    },
  };
}
