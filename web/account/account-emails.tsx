import { useSignal } from '@preact/signals';
import type { z } from 'zod';
import type { accountEmail } from '../../src/protocol/account-emails.ts';
import { agoNow } from '../kit/ago-now.ts';
import { type Answer, type Problem, query } from '../kit/api.ts';
import { CopyButton } from '../kit/copy-button.tsx';
import { sentenceOf } from '../kit/problem-sentences.ts';
import { Read, useReading } from '../kit/reading.tsx';
import { askAs } from '../kit/session.ts';
import { shop } from '../kit/shop.ts';
import { deliveryWords, topicWords } from './account-email-words.ts';
import { focusSection, Section } from './section.tsx';
import { email } from './standing.ts';
import { StepUpForm } from './step-up-form.tsx';

const ID = 'e-mails';
const PAGE = 10;

type AccountEmail = z.output<typeof accountEmail>;
type EmailPage = { readonly items: readonly AccountEmail[]; readonly nextCursor: string | null };

function readEmails(cursor?: string): Promise<Answer<EmailPage>> {
  return askAs('GET', `/v1/account-emails${query({ limit: PAGE, cursor })}`);
}

/** All e-mails about accounts, for the owner: without a mail server their links and codes are found only here. */
export function AccountEmails() {
  const reading = useReading(() => readEmails());
  const isDemo = shop.value.state === 'ready' && shop.value.value.business.demo;
  return (
    <Section
      id={ID}
      title="E-mails"
      lead={`E-mails about accounts, newest first. ${isDemo ? 'The demo sends no e-mail, so open the links here.' : 'Give a link only to the person it is for: it opens their account.'}`}
    >
      <div class="matter-top">
        <button type="button" class="button quiet" onClick={() => void reading.again()}>
          Refresh
        </button>
      </div>
      <Read reading={reading}>{(page) => <EmailPages key={pageKey(page)} first={page} again={reading.again} />}</Read>
    </Section>
  );
}

/** Changes when there are newer e-mails or more links are shown. */
function pageKey({ items }: EmailPage): string {
  return `${items[0]?.id ?? ''} ${items.filter(({ link }) => link !== undefined).length}`;
}

function EmailPages({ first, again }: { readonly first: EmailPage; readonly again: () => Promise<void> }) {
  const more = useSignal<EmailPage>({ items: [], nextCursor: first.nextCursor });
  const isBusy = useSignal(false);
  const problem = useSignal<Problem | undefined>(undefined);
  const { nextCursor } = more.value;
  const readOn = async () => {
    if (isBusy.value || nextCursor === null) return;
    isBusy.value = true;
    const answer = await readEmails(nextCursor);
    isBusy.value = false;
    problem.value = answer.ok ? undefined : answer.problem;
    if (!answer.ok) return;
    more.value = { items: [...more.value.items, ...answer.body.items], nextCursor: answer.body.nextCursor };
    if (answer.body.nextCursor === null) focusSection(ID);
  };
  if (first.items.length === 0)
    return (
      <div class="empty">
        <p>No e-mails yet.</p>
        <p class="soft">E-mails about new accounts and forgotten passwords appear here.</p>
      </div>
    );
  return (
    <>
      {[...first.items, ...more.value.items].some(({ linkNeedsStepUp }) => linkNeedsStepUp) && <StepUpForm onProven={again} />}
      <ul class="rows">
        {[...first.items, ...more.value.items].map((mail) => (
          <Row key={mail.id} mail={mail} />
        ))}
      </ul>
      {problem.value !== undefined && (
        <p class="banner danger" role="alert">
          {sentenceOf(problem.value)}
        </p>
      )}
      {nextCursor !== null && (
        <div class="matter-foot">
          <button type="button" class="button" aria-busy={isBusy.value || undefined} onClick={() => void readOn()}>
            Show older
          </button>
        </div>
      )}
    </>
  );
}

/** A link that is opened here leads to the login of its recipient. */
function nameFor(to: string): void {
  email.value = to;
}

function Row({ mail: { topic, to, link, code, linkNeedsStepUp, createdAt, delivery, subject, text, locale } }: { readonly mail: AccountEmail }) {
  const state = delivery && deliveryWords(delivery.state);
  const written = agoNow(createdAt);
  return (
    <li class="row">
      <div class="row-words">
        <p class="row-title">
          {topicWords(topic)}{' '}
          {state !== undefined && (
            <span class="chip" data-status={delivery?.state}>
              {state}
            </span>
          )}
        </p>
        <p class="soft small address">
          to {to} · {written}
          {delivery?.reason !== undefined && ` · ${delivery.reason}`}
          {linkNeedsStepUp && ' · its link opens an owner’s account'}
        </p>
        {text !== undefined && (
          <details class="mail-read">
            <summary>
              Read it
              <span class="only-heard">
                : {topicWords(topic)}, to {to}
              </span>
            </summary>
            <p lang={locale}>
              <strong>{subject}</strong>
            </p>
            <p class="mail-text" lang={locale}>
              {text}
            </p>
          </details>
        )}
      </div>
      {code !== undefined && (
        <div class="actions">
          <CopyButton text={code}>{`Copy code ${code}`}</CopyButton>
        </div>
      )}
      {link !== undefined && (
        <div class="actions">
          <CopyButton text={link}>Copy link</CopyButton>
          <a class="button" href={link} onClick={() => nameFor(to)}>
            Open link<span class="only-heard"> for {to}</span>
          </a>
        </div>
      )}
    </li>
  );
}
