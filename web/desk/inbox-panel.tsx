import { type Signal, useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { AppointmentReply } from '../../src/protocol/appointments.ts';
import type { MessageReply } from '../../src/protocol/messages.ts';
import type { NotificationReply } from '../../src/protocol/notifications.ts';
import { markRead } from '../bell/centre.ts';
import { sentenceFor } from '../bell/sentences.ts';
import { voice } from '../bell/voice.ts';
import type { Problem } from '../kit/api.ts';
import { sentenceOf } from '../kit/problem-sentences.ts';
import { askAs } from '../kit/session.ts';
import { openShop } from '../kit/shop.ts';
import { isInFlight } from './acting.ts';
import { AppointmentLine } from './appointment-line.tsx';
import { AskApprove, AskCancel } from './ask-of-claim.tsx';
import { ByStatus } from './by-status.tsx';
import { claimOf, FAILED_DAYS, inbox, inboxCount, inboxProblem, keepInbox, MOST_FAILED, MOST_REQUESTS } from './inbox.ts';
import { look } from './looking-at.ts';
import { fateOf } from './message-history.tsx';
import { hasSound, switchSound } from './news.ts';
import { showAppointment } from './opening.ts';
import { PanelFrame } from './panel-frame.tsx';
import { Unpaid } from './unpaid.tsx';
import { runsTheDesk } from './watching.ts';
import { words } from './wording.ts';

/** In the toolbar, with how much waits. */
export function InboxButton() {
  useEffect(keepInbox, []);
  const count = inboxCount.value;
  return (
    <button type="button" class="button inbox-button" onClick={() => look({ kind: 'inbox' })}>
      <svg width="20" height="20" viewBox="0 0 20 20" aria-hidden="true" fill="none" stroke="currentColor" stroke-width="2" stroke-linejoin="round">
        <path d="M3 11l2-7h10l2 7v5H3zM3 11h4l1 2h4l1-2h4" />
      </svg>
      <span class="inbox-word">{words.value.inbox.title}</span>
      {count > 0 && (
        <span class="inbox-count">
          {count}
          <span class="only-heard"> {words.value.inbox.waiting}</span>
        </span>
      )}
    </button>
  );
}

export function InboxPanel() {
  const text = words.value.inbox;
  const known = inbox.value;
  return (
    <PanelFrame title={text.title}>
      {inboxProblem.value !== undefined && (
        <p class="banner danger" role="alert">
          {sentenceOf(inboxProblem.value)}
        </p>
      )}
      {known === undefined && inboxProblem.value === undefined && <div class="loading" aria-busy="true" />}
      {known !== undefined && inboxCount.value === 0 && <p class="soft">{text.nothing}</p>}
      {known !== undefined && (
        <>
          {known.requests.length > 0 && (
            <Part id="inbox-requests" title={text.requests}>
              {known.requests.map((request) => (
                <Request key={request.id} request={request} />
              ))}
            </Part>
          )}
          {known.failed.length > 0 && (
            <Part id="inbox-messages" title={text.failed}>
              {known.failed.map((message) => (
                <Failed key={message.id} message={message} />
              ))}
            </Part>
          )}
          {known.notices.length > 0 && (
            <Part id="inbox-calendars" title={text.notices}>
              {known.notices.map((notice) => (
                <Notice key={notice.id} notice={notice} />
              ))}
            </Part>
          )}
          {known.isCut && <p class="soft">{text.cut({ requests: MOST_REQUESTS, messages: MOST_FAILED, days: FAILED_DAYS })}</p>}
        </>
      )}
      {runsTheDesk.value && <Unpaid />}
      <ByStatus />
      <label class="check">
        <input type="checkbox" checked={hasSound.value} onChange={(event) => switchSound(event.currentTarget.checked)} />
        <span>{text.sound}</span>
      </label>
    </PanelFrame>
  );
}

function Part({ id, title, children }: { readonly id: string; readonly title: string; readonly children: preact.ComponentChildren }) {
  return (
    <section class="theirs" aria-labelledby={id}>
      <h3 id={id}>{title}</h3>
      <ul>{children}</ul>
    </section>
  );
}

function Request({ request }: { readonly request: AppointmentReply }) {
  const asked = useSignal<'approve' | 'decline' | undefined>(undefined);
  const reason = useSignal('');
  const claim = claimOf(request);
  const close = () => {
    asked.value = undefined;
  };
  return (
    <li data-status="pending">
      <AppointmentLine appointment={request} />
      <div class="actions">
        <Ask asked={asked} what="approve" claimId={claim.id} />
        <Ask asked={asked} what="decline" claimId={claim.id} />
      </div>
      {asked.value === 'approve' && <AskApprove claim={claim} calendarId={request.calendarId} onClose={close} />}
      {asked.value === 'decline' && <AskCancel claim={claim} calendarId={request.calendarId} reason={reason} onClose={close} />}
    </li>
  );
}

type AskProps = { readonly asked: Signal<'approve' | 'decline' | undefined>; readonly what: 'approve' | 'decline'; readonly claimId: string };

function Ask({ asked, what, claimId }: AskProps) {
  return (
    <button
      type="button"
      class={what === 'approve' ? 'button primary' : 'button danger'}
      disabled={isInFlight(claimId)}
      onClick={() => {
        asked.value = what;
      }}
    >
      {words.value.actions[what]}
    </button>
  );
}

function Failed({ message }: { readonly message: MessageReply }) {
  const problem = useSignal<Problem | undefined>(undefined);
  const open = async () => {
    const answer = await askAs<AppointmentReply>('GET', `/v1/appointments/${message.appointmentId}`);
    if (answer.ok) showAppointment(answer.body);
    else problem.value = answer.problem;
  };
  return (
    <li>
      <button type="button" class="their" onClick={() => void open()}>
        <strong>{voice.value.words.messageKinds[message.kind]}</strong>
        <span class="soft">{fateOf(message)}</span>
      </button>
      {problem.value !== undefined && <p class="wrong">{sentenceOf(problem.value)}</p>}
    </li>
  );
}

function Notice({ notice }: { readonly notice: NotificationReply }) {
  const { title, detail } = sentenceFor(notice, voice.value);
  const { appointment } = notice;
  const locationId = openShop().staff.find(({ id }) => id === appointment?.staffId)?.locationId;
  const said = (
    <>
      <strong>{title}</strong>
      <span class="soft">{detail}</span>
    </>
  );
  return (
    <li>
      {appointment === undefined || locationId === undefined ? (
        <p class="their">{said}</p>
      ) : (
        <button type="button" class="their" onClick={() => showAppointment({ id: appointment.id, startsAt: appointment.startsAt, locationId })}>
          {said}
        </button>
      )}
      <button type="button" class="button quiet" onClick={() => void markRead({ ids: [notice.id] })}>
        {words.value.inbox.done}
        <span class="only-heard"> {words.value.inbox.doneWith({ title })}</span>
      </button>
    </li>
  );
}
