// How today goes: who comes, where there is room, what needs a look. Live: what happens on a calendar shows at once.
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { items as notifications, readList } from '../../bell/centre.ts';
import { live } from '../../bell/notified.ts';
import { linkOf, sentenceFor } from '../../bell/sentences.ts';
import { ENGLISH } from '../../bell/voice.ts';
import { serverNow } from '../../kit/api.ts';
import { clock, duration, longDay } from '../../kit/money-and-time.ts';
import { sentenceOf } from '../../kit/problem-sentences.ts';
import type { User } from '../../kit/session.ts';
import { type ManagedLocation, openCatalog } from '../catalog.ts';
import { Head } from '../head.tsx';
import { go, hrefOf, type TabProps } from '../places.ts';
import { type Arrival, type Gap, useDay } from './day.ts';

const TAB = 'today';
const MOST_ARRIVALS = 12;
const MOST_ALERTS = 6;
const NEEDS_A_LOOK: readonly string[] = [
  ...[
    'appointment-requested',
    'message-failed',
    'webhook-disabled',
    'external-calendar-failed',
    'external-calendar-conflict',
    'budget-reached',
    'payment-alarm',
  ],
];

export function TodayTab({ user, path: [id] }: TabProps) {
  const { locations } = openCatalog();
  const here = locations.find((one) => one.id === id) ?? locations.find((one) => one.id === user.locationId) ?? locations[0];
  if (here === undefined)
    return (
      <>
        <Head title="Today" />
        <div class="empty">
          <p>There is no location yet.</p>
          <a class="button primary" href={hrefOf('guide')}>
            Set up the business
          </a>
        </div>
      </>
    );
  return <Day key={here.id} here={here} user={user} />;
}

function Day({ here, user }: { readonly here: ManagedLocation; readonly user: User }) {
  const { locations } = openCatalog();
  const { day, problem } = useDay(live, here);
  const isFree = user.role === 'owner' || user.locationId === null;
  return (
    <>
      <Head title="Today" lead={`${longDay(serverNow(), here.timeZone)}, ${clock(serverNow(), here.timeZone)} in ${here.name}`}>
        {isFree && locations.length > 1 && (
          <div class="listing-filter">
            <label class="only-heard" for="today-location">
              Location
            </label>
            <select id="today-location" value={here.id} onChange={(event) => go(TAB, event.currentTarget.value)}>
              {locations.map(({ id, name }) => (
                <option key={id} value={id}>
                  {name}
                </option>
              ))}
            </select>
          </div>
        )}
        <a class="button" href="/desk">
          Open the front desk
        </a>
      </Head>
      {problem !== undefined && (
        <p class="banner danger" role="alert">
          {sentenceOf(problem)}
        </p>
      )}
      {day === undefined && problem === undefined && <div class="loading office-loading" aria-busy="true" />}
      {day !== undefined && (
        <>
          <dl class="figures">
            {day.figures.map(({ name, value }) => (
              <div key={name} class="card">
                <dt>{name}</dt>
                <dd>{value}</dd>
              </div>
            ))}
          </dl>
          <div class="side-by-side">
            <Arrivals arrivals={day.arrivals} timeZone={here.timeZone} />
            <Gaps gaps={day.gaps} timeZone={here.timeZone} />
            <Alerts />
          </div>
        </>
      )}
    </>
  );
}

function Arrivals({ arrivals, timeZone }: { readonly arrivals: readonly Arrival[]; readonly timeZone: string }) {
  return (
    <section class="card panel-card" aria-labelledby="arrivals">
      <h2 id="arrivals">Who comes next</h2>
      {arrivals.length === 0 && <p class="soft">Nobody else is expected today.</p>}
      <ul class="rows">
        {arrivals.slice(0, MOST_ARRIVALS).map(({ id, startsAt, customer, service, staffId, staff, isHere }) => (
          <li key={id}>
            <a href={`/desk#appointment=${id}&staff=${staffId}&at=${encodeURIComponent(new Date(startsAt).toISOString())}`}>
              {clock(startsAt, timeZone)} {customer}
            </a>
            {isHere && <span class="tag well">is here</span>}
            <p class="soft small">
              {service} with {staff}
            </p>
          </li>
        ))}
      </ul>
      {arrivals.length > MOST_ARRIVALS && <p class="soft small">And {arrivals.length - MOST_ARRIVALS} more.</p>}
    </section>
  );
}

function Gaps({ gaps, timeZone }: { readonly gaps: readonly Gap[]; readonly timeZone: string }) {
  return (
    <section class="card panel-card" aria-labelledby="gaps">
      <h2 id="gaps">Where there is room</h2>
      {gaps.length === 0 && <p class="soft">No free half hour is left today.</p>}
      <ul class="rows">
        {gaps.map(({ staffId, staff, from, to }) => (
          <li key={`${staffId}-${from}`}>
            {staff}, {clock(from, timeZone)} to {clock(to, timeZone)}
            <span class="soft small"> · {duration(Math.floor((to - from) / 60_000))}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** The notifications of the reader that somebody should look at. */
function Alerts() {
  const isRead = useSignal(false);
  useEffect(() => {
    void readList().then(() => {
      isRead.value = true;
    });
  }, []);
  const alerts = (notifications.value ?? []).filter(({ kind, read }) => !read && NEEDS_A_LOOK.includes(kind)).slice(0, MOST_ALERTS);
  return (
    <section class="card panel-card" aria-labelledby="alerts">
      <h2 id="alerts">What needs a look</h2>
      {isRead.value && alerts.length === 0 && <p class="soft">Nothing. The bell has everything else.</p>}
      <ul class="rows">
        {alerts.map((alert) => {
          const { title, detail } = sentenceFor(alert, ENGLISH);
          const href = linkOf(alert);
          return (
            <li key={alert.id}>
              {href === undefined ? title : <a href={href}>{title}</a>}
              <p class="soft small">{detail}</p>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
