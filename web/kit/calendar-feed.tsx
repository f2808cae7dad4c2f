import { useSignal } from '@preact/signals';
import type { z } from 'zod';
import type { calendarFeed } from '../../src/protocol/calendar-links.ts';
import { announce } from './announcing.tsx';
import type { Problem } from './api.ts';
import { AskFirst } from './ask-first.tsx';
import { CopyButton } from './copy-button.tsx';
import { FormProblem } from './sending.tsx';
import { askAs } from './session.ts';

type Feed = z.output<typeof calendarFeed>;
type Wish = 'new' | 'end';

const QUESTIONS = {
  new: {
    title: 'Make a new address?',
    confirm: 'Make a new address',
    words: 'An address that was made before ends at once: calendar programs that use it show nothing new.',
  },
  end: { title: 'End the address?', confirm: 'End the address', words: 'Calendar programs that use it show nothing new.' },
} as const satisfies Record<Wish, object>;

/** The secret address at which a calendar program reads the appointments of a staff member. It is shown once, when it is made. */
export function CalendarFeed({ staffId }: { readonly staffId: string }) {
  const feed = useSignal<Feed | undefined>(undefined);
  const wish = useSignal<Wish | undefined>(undefined);
  const isBusy = useSignal(false);
  const problem = useSignal<Problem | undefined>(undefined);
  const path = `/v1/staff/${staffId}/calendar-feed`;
  const act = async (wanted: Wish) => {
    if (isBusy.value) return;
    isBusy.value = true;
    const answer = wanted === 'new' ? await askAs<Feed>('POST', path, { body: {} }) : await askAs<Feed | undefined>('DELETE', path);
    isBusy.value = false;
    problem.value = answer.ok ? undefined : answer.problem;
    if (!answer.ok) return;
    feed.value = wanted === 'new' ? answer.body : undefined;
    announce(wanted === 'new' ? 'The address is made.' : 'The address has ended.');
  };
  const question = wish.value === undefined ? undefined : QUESTIONS[wish.value];
  return (
    <div class="row">
      <div class="row-words">
        <p class="row-title">Feed of appointments</p>
        <p class="soft small">An address for Google, Outlook or Apple Calendar. Anyone who has it can read the appointments, so keep it like a password.</p>
        {feed.value !== undefined && <p class="address">{feed.value.url}</p>}
      </div>
      <div class="actions">
        {feed.value !== undefined && <CopyButton text={feed.value.url}>Copy address</CopyButton>}
        <WishButton of="new" wish={wish} isBusy={isBusy.value}>
          New address
        </WishButton>
        <WishButton of="end" wish={wish} isBusy={isBusy.value}>
          End address
        </WishButton>
      </div>
      <FormProblem problem={problem.value} unheard="Make a new address; the one before then ends." />
      {question !== undefined && (
        <AskFirst
          title={question.title}
          confirm={question.confirm}
          keep="Leave it"
          onConfirm={() => void act(wish.value ?? 'new')}
          onClose={() => {
            wish.value = undefined;
          }}
        >
          <p>{question.words}</p>
        </AskFirst>
      )}
    </div>
  );
}

type WishButtonProps = { readonly of: Wish; readonly wish: { value: Wish | undefined }; readonly isBusy: boolean; readonly children: string };

function WishButton({ of, wish, isBusy, children }: WishButtonProps) {
  return (
    <button
      type="button"
      class="button"
      aria-busy={isBusy || undefined}
      onClick={() => {
        wish.value = of;
      }}
    >
      {children}
    </button>
  );
}
