import { useEffect } from 'preact/hooks';
import type { Problem } from '../kit/api.ts';
import { act, type DeskForm, type InFlight, inFlight, openForm, refusedIn } from './acting.ts';
import type { DeskCommand } from './commands.ts';
import { NotSureOf } from './notices.tsx';
import { RefusalNotice } from './refusal-notice.tsx';

export type FormState = {
  readonly form: DeskForm;
  readonly flight: InFlight | undefined;
  readonly problem: Problem | undefined;
  /** A second press while the first is under way does nothing. */
  readonly send: (command: DeskCommand) => void;
};

/** Shared by the forms of the desk: a form stays open, with its input, until the answer is yes. */
export function useDeskForm(form: DeskForm, onDone: () => void): FormState {
  useEffect(() => {
    openForm.value = form;
    return () => {
      openForm.value = undefined;
    };
  }, [form]);
  const flight = inFlight.value.find((one) => one.form === form);
  const send = async (command: DeskCommand) => {
    if (flight === undefined && (await act(command, form)) === 'done') onDone();
  };
  return { form, flight, problem: refusedIn(form)?.problem, send: (command) => void send(command) };
}

/** Below the fields: what is not sure, or why not. */
export function FormAnswer({ state, fields = [] }: { readonly state: FormState; readonly fields?: readonly string[] }) {
  const refusal = refusedIn(state.form);
  if (state.flight?.writing.state.value === 'unsure') return <NotSureOf flight={state.flight} />;
  return refusal === undefined ? null : <RefusalNotice refusal={refusal} onAct={state.send} fields={fields} />;
}
