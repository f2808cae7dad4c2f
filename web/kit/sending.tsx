// What every form has in common: one request at a time, and the focus moves to what is wrong.
import { type ReadonlySignal, useSignal } from '@preact/signals';
import type { RefObject } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { Problem } from './api.ts';
import { sentenceOf } from './problem-sentences.ts';
import { staffWords } from './staff-words.ts';

export type Sending = {
  readonly form: RefObject<HTMLFormElement | null>;
  readonly isBusy: ReadonlySignal<boolean>;
  readonly problem: ReadonlySignal<Problem | undefined>;
  /** For `onSubmit`. A second press while the first one is under way does nothing. */
  readonly send: (event: Event) => void;
  /** Clears the problem. */
  readonly forget: () => void;
};

/** `work` returns the problem, if any. */
export function useSending(work: () => Promise<Problem | undefined>, before?: Problem): Sending {
  const form = useRef<HTMLFormElement>(null);
  const isBusy = useSignal(false);
  const problem = useSignal<Problem | undefined>(before);
  const isFirst = useRef(true);
  useEffect(() => {
    const find = (selector: string) => form.current?.querySelector<HTMLElement>(selector);
    if (!isFirst.current) (find('[aria-invalid="true"]') ?? find('[role="alert"]'))?.focus();
    isFirst.current = false;
  }, [problem.value]);
  const send = async (event: Event) => {
    event.preventDefault();
    if (isBusy.value) return;
    isBusy.value = true;
    const wrong = await work();
    problem.value = wrong;
    isBusy.value = false;
  };
  const forget = () => {
    problem.value = undefined;
  };
  return { form, isBusy, problem, send: (event) => void send(event), forget };
}

type FormProblemProps = {
  readonly problem: Problem | undefined;
  /** Paths of fields that show their own errors. */
  readonly fields?: readonly string[];
  /** Replaces the usual sentence. */
  readonly sentence?: (problem: Problem) => string;
  /** How to find out whether it was done if no answer came. Absent if nothing is changed. */
  readonly unheard?: string;
};

/** No answer, or one without an outcome: it may have been done. */
const NOT_HEARD: readonly Problem['code'][] = ['unreachable', 'outcome-unknown', 'internal'];

export function FormProblem({ problem, fields = [], sentence = sentenceOf, unheard }: FormProblemProps) {
  if (problem === undefined) return null;
  const isMarked = problem.errors?.some(({ path }) => fields.includes(path)) ?? false;
  const words = unheard !== undefined && NOT_HEARD.includes(problem.code) ? staffWords.value.unheard({ more: unheard }) : sentence(problem);
  return (
    <p class="banner danger" role="alert" tabIndex={-1}>
      {isMarked ? sentenceOf({ ...problem, code: 'invalid-request' }) : words}
    </p>
  );
}

type SendButtonProps = { readonly isBusy: boolean; readonly kind?: 'primary' | 'danger'; readonly children: string };

export function SendButton({ isBusy, kind = 'primary', children }: SendButtonProps) {
  return (
    <button type="submit" class={`button ${kind}`} aria-busy={isBusy || undefined}>
      {children}
    </button>
  );
}
