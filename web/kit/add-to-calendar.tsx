import { useSignal } from '@preact/signals';
import type { AppointmentReply } from '../../src/protocol/appointments.ts';
import { announce } from './announcing.tsx';
import type { Answer, Problem } from './api.ts';
import { kitWords } from './language.ts';
import { sentenceOf } from './problem-sentences.ts';

const TYPE = 'text/calendar';

type Props = {
  readonly of: Pick<AppointmentReply, 'id' | 'startsAt' | 'endsAt' | 'serviceName' | 'locationName'>;
  readonly business: string;
  /** Asks in the name of the reader of the appointment. */
  readonly read: (path: string, headers: { readonly accept: string }) => Promise<Answer<string>>;
};

/** The appointment as a file, and as a new entry of calendars on the web. Nothing is sent there before a link is followed, and then no name. */
export function AddToCalendar({ of: appointment, business, read }: Props) {
  const isBusy = useSignal(false);
  const problem = useSignal<Problem | undefined>(undefined);
  const save = async () => {
    if (isBusy.value) return;
    isBusy.value = true;
    const answer = await read(`/v1/appointments/${appointment.id}/calendar.ics`, { accept: TYPE });
    isBusy.value = false;
    problem.value = answer.ok ? undefined : answer.problem;
    if (!answer.ok) return;
    saveFile(answer.body);
    announce(kitWords.value.calendar.saved);
  };
  return (
    <div class="add-to-calendar">
      {problem.value !== undefined && (
        <p class="banner danger" role="alert">
          {sentenceOf(problem.value)}
        </p>
      )}
      <p class="soft">
        {kitWords.value.calendar.lead}{' '}
        <button type="button" class="button quiet" aria-busy={isBusy.value || undefined} onClick={() => void save()}>
          {kitWords.value.calendar.file}
        </button>{' '}
        {webCalendars(appointment, business).map(([name, href]) => (
          <a key={name} class="button quiet" href={href} target="_blank" rel="noopener noreferrer">
            {name}
          </a>
        ))}
      </p>
    </div>
  );
}

function saveFile(text: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type: TYPE }));
  link.download = 'appointment.ics';
  link.click();
  URL.revokeObjectURL(link.href);
}

/** Addresses that open a new entry there, filled in. */
function webCalendars({ startsAt, endsAt, serviceName, locationName }: Props['of'], business: string): readonly (readonly [name: string, href: string])[] {
  const title = serviceName === null ? business : `${serviceName} – ${business}`;
  const place = locationName ?? '';
  const [from, to] = [startsAt, endsAt].map((moment) => new Date(moment).toISOString().replace('.000', '')) as [string, string];
  const packed = (moment: string) => moment.replaceAll(/[-:]/g, '');
  const google = new URLSearchParams({ action: 'TEMPLATE', text: title, dates: `${packed(from)}/${packed(to)}`, location: place });
  const outlook = new URLSearchParams({ path: '/calendar/action/compose', rru: 'addevent', subject: title, startdt: from, enddt: to, location: place });
  return [
    ['Google Calendar', `https://calendar.google.com/calendar/render?${google}`],
    ['Outlook', `https://outlook.live.com/calendar/0/deeplink/compose?${outlook}`],
  ];
}
