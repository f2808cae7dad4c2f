// The link with which the customer sees, moves and cancels the appointment: to read out, or to copy.
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { ManageLinkReply } from '../../src/protocol/appointments.ts';
import type { Problem } from '../kit/api.ts';
import { CopyButton } from '../kit/copy-button.tsx';
import { sentenceOf } from '../kit/problem-sentences.ts';
import { askAs } from '../kit/session.ts';
import { runsTheDesk } from './watching.ts';
import { words } from './wording.ts';

export function ManageLink({ claimId }: { readonly claimId: string }) {
  const url = useSignal<string | undefined>(undefined);
  const problem = useSignal<Problem | undefined>(undefined);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.select(), [url.value]);
  if (!runsTheDesk.value) return null;
  const text = words.value.link;
  const show = async () => {
    const answer = await askAs<ManageLinkReply>('GET', `/v1/appointments/${claimId}/manage-link`);
    if (answer.ok) url.value = answer.body.url;
    problem.value = answer.ok ? undefined : answer.problem;
  };
  return (
    <section class="messages" aria-label={text.label}>
      {url.value === undefined ? (
        <button type="button" class="button" onClick={() => void show()}>
          {text.show}
        </button>
      ) : (
        <>
          <div class="field wide-field">
            <label for="manage-link">{text.field}</label>
            <input id="manage-link" readOnly value={url.value} ref={field} />
            <p class="soft">{text.lead}</p>
          </div>
          <CopyButton text={url.value}>{text.copy}</CopyButton>
        </>
      )}
      {problem.value !== undefined && (
        <p class="wrong" role="alert">
          {problem.value.code === 'wrong-status' ? text.ended : sentenceOf(problem.value)}
        </p>
      )}
    </section>
  );
}
