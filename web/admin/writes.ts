// Changes from the back office: each has a key, is repeated until its outcome is known, and is never done twice.
import { signal } from '@preact/signals';
import { type Answer, type Method, UNREACHABLE } from '../kit/api.ts';
import { withProof } from '../kit/proof.tsx';
import { type About, beginWriting, resumeWritings, type Writing } from '../kit/writing.ts';
import { loadCatalog } from './catalog.ts';
import { tell } from './notice.tsx';

type AdminAbout = About & { readonly page: 'admin' };

/** How many changes have not been answered for a while. */
export const doubts = signal(0);

/** A change of what has a version: refused if another person was faster. */
export function change<Reply>(method: Method, path: string, body?: object, version?: number): Promise<Answer<Reply>> {
  return withProof(async () => {
    const headers = version === undefined ? {} : { 'if-match': `"${version}"` };
    return answerOf(beginWriting<Reply, AdminAbout>({ page: 'admin' }, { method, path, headers, ...(body !== undefined && { body }) }));
  });
}

async function answerOf<Reply>(writing: Writing<AdminAbout, Reply>): Promise<Answer<Reply>> {
  let isCounted = false;
  const stop = writing.state.subscribe((state) => {
    if (state === 'unsure' && !isCounted) doubts.value += 1;
    if (state === 'unsure') isCounted = true;
  });
  const outcome = await writing.outcome;
  stop();
  if (isCounted) doubts.value -= 1;
  if (outcome.outcome === 'done') return { ok: true, body: outcome.body };
  return { ok: false, problem: outcome.outcome === 'refused' ? outcome.problem : UNREACHABLE };
}

/** Changes that were not answered when the page was left. */
export function goOnWriting(): void {
  for (const writing of resumeWritings<AdminAbout>('admin'))
    void answerOf(writing).then((answer) => {
      tell(
        answer.ok ? 'The change you made before the page was loaded again is saved.' : 'The change you made before the page was loaded again was not saved.',
      );
      void loadCatalog();
    });
}
