// What a message will look like: the real e-mail, light or dark, and its plain text, about an appointment that is really coming up.
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { z } from 'zod';
import type { AppointmentReply } from '../../../src/protocol/appointments.ts';
import type { messagePreview } from '../../../src/protocol/message-templates.ts';
import { type Problem, query, serverNow } from '../../kit/api.ts';
import { clock, counted, shortDay } from '../../kit/money-and-time.ts';
import { sentenceOf } from '../../kit/problem-sentences.ts';
import { askAs } from '../../kit/session.ts';
import type { Values } from '../drafts.ts';

type PreviewReply = z.output<typeof messagePreview>;
type Upcoming = Pick<AppointmentReply, 'id' | 'serviceName' | 'staffName' | 'startsAt' | 'timeZone'>;

const PAUSE_MILLISECONDS = 400;
const MOST_UPCOMING = 10;
const SAMPLE = '';
const MAIL_FRAME = 'mail-as-html';

export function Preview({ path, values }: { readonly path: string; readonly values: Values }) {
  const upcoming = useSignal<readonly Upcoming[] | undefined>(undefined);
  const about = useSignal(SAMPLE);
  const shown = useSignal<PreviewReply | undefined>(undefined);
  const problem = useSignal<Problem | undefined>(undefined);
  useEffect(() => {
    const from = new Date(serverNow()).toISOString();
    void askAs<{ items: readonly Upcoming[] }>('GET', `/v1/appointments${query({ from, status: 'booked', limit: MOST_UPCOMING })}`).then((answer) => {
      // Without them there is the sample.
      upcoming.value = answer.ok ? answer.body.items : [];
      about.value = upcoming.value[0]?.id ?? SAMPLE;
    });
  }, []);
  const body = { ...values, ...(about.value !== SAMPLE && { appointmentId: about.value }) };
  const text = JSON.stringify(body);
  useEffect(() => {
    if (upcoming.value === undefined) return undefined;
    const abort = new AbortController();
    const timer = setTimeout(async () => {
      const answer = await askAs<PreviewReply>('POST', `${path}/preview`, { body, signal: abort.signal });
      if (abort.signal.aborted) return;
      problem.value = answer.ok ? undefined : answer.problem;
      if (answer.ok) shown.value = answer.body;
    }, PAUSE_MILLISECONDS);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [text, upcoming.value === undefined]);
  return (
    <section class="card panel-card" aria-labelledby="preview">
      <h2 id="preview">As it would be sent</h2>
      <div class="field">
        <label for="preview-about">With</label>
        <select
          id="preview-about"
          value={about.value}
          onChange={({ currentTarget }) => {
            about.value = currentTarget.value;
          }}
        >
          {(upcoming.value ?? []).map((one) => (
            <option key={one.id} value={one.id}>
              {wordsOf(one)}
            </option>
          ))}
          <option value={SAMPLE}>a sample appointment</option>
        </select>
      </div>
      {problem.value !== undefined && (
        <p class="wrong">{problem.value.errors?.map(({ message }) => `It ${message}.`).join(' ') ?? sentenceOf(problem.value)}</p>
      )}
      {shown.value === undefined ? <div class="loading office-loading" aria-busy="true" /> : <Shown preview={shown.value} />}
    </section>
  );
}

function wordsOf({ serviceName, staffName, startsAt, timeZone }: Upcoming): string {
  const at = Date.parse(startsAt);
  return [serviceName, `${shortDay(at, timeZone)}, ${clock(at, timeZone)}`, staffName].filter((part) => part !== null).join(' · ');
}

function Shown({ preview: { subject, html, text, segments } }: { readonly preview: PreviewReply }) {
  return (
    <>
      {subject !== undefined && (
        <p>
          <span class="soft">Subject: </span>
          <strong>{subject}</strong>
        </p>
      )}
      {html !== undefined && <Mail html={html} />}
      {html !== undefined && <h3>As plain text</h3>}
      <p class="said-by-mail">{text}</p>
      {segments !== undefined && <p class="soft">Costs {counted(segments, 'text', 'texts')}.</p>}
    </>
  );
}

/**
 * In a frame of its own, so that neither the page nor the e-mail changes how the other looks. It runs no scripts: `sandbox` allows none, and the policy of the page holds in it too.
 * That policy takes no style from a document either, so the page puts the e-mail's own styles on by itself, for which the frame has to count as the page's own origin.
 */
function Mail({ html }: { readonly html: string }) {
  const isDark = useSignal(matchMedia('(prefers-color-scheme: dark)').matches);
  const frame = useRef<HTMLIFrameElement>(null);
  useEffect(() => dress(frame.current, html, isDark.value), [isDark.value]);
  return (
    <div class="mail-shown">
      <div class="mail-choice">
        <h3 id={MAIL_FRAME}>As an e-mail</h3>
        {([false, true] as const).map((dark) => (
          <label key={String(dark)}>
            <input
              type="radio"
              name="mail-colours"
              checked={isDark.value === dark}
              onChange={() => {
                isDark.value = dark;
              }}
            />
            {dark ? 'Dark' : 'Light'}
          </label>
        ))}
      </div>
      <iframe
        ref={frame}
        title="The e-mail"
        sandbox="allow-same-origin"
        srcdoc={undressed(html)}
        onLoad={({ currentTarget }) => dress(currentTarget, html, isDark.value)}
      />
    </div>
  );
}

const SHEET = /<style>([\s\S]*?)<\/style>/;
/** Of programs that have dark colours. */
const IN_THE_DARK = '(prefers-color-scheme:dark)';

/** Without styles, which would be refused one by one, and with links that lead nowhere. What was typed is escaped, so these are ours. */
function undressed(html: string): string {
  return html
    .replace(SHEET, '')
    .replaceAll(' style="', ' data-style="')
    .replaceAll(/ href="[^"]*"/g, '');
}

function dress(frame: HTMLIFrameElement | null, html: string, isDark: boolean): void {
  const [inside, view] = [frame?.contentDocument, frame?.contentWindow as (Window & typeof globalThis) | null | undefined];
  // Until it is loaded it has no body.
  if (frame == null || inside?.body == null || view == null) return;
  for (const element of inside.querySelectorAll<HTMLElement>('[data-style]')) element.style.cssText = element.dataset.style ?? '';
  const sheet = new view.CSSStyleSheet();
  sheet.replaceSync((SHEET.exec(html)?.[1] ?? '').replace(IN_THE_DARK, isDark ? 'all' : 'not all'));
  inside.adoptedStyleSheets = [sheet];
  frame.style.height = `${inside.body.scrollHeight}px`;
}
