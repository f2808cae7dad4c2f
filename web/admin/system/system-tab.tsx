// How the server is doing, in words: what an answer survives, what lags behind, what was given up.
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { z } from 'zod';
import type { jobs } from '../../../src/protocol/jobs.ts';
import { ago } from '../../kit/ago.ts';
import { type Answer, ask, type Problem, serverNow } from '../../kit/api.ts';
import { counted, duration } from '../../kit/money-and-time.ts';
import { sentenceOf } from '../../kit/problem-sentences.ts';
import { Read, useReading } from '../../kit/reading.tsx';
import { askAs } from '../../kit/session.ts';
import { viewerZone } from '../../kit/zoned-dates.ts';
import { Head } from '../head.tsx';
import { Listing } from '../listing.tsx';
import { tell } from '../notice.tsx';

type Health = { readonly version: string; readonly database: 'pglite' | 'postgres'; readonly durability: string };
type Figure = { readonly name: string; readonly label: string | undefined; readonly value: number };
type State = { readonly health: Health; readonly figures: readonly Figure[] };
const LOOK_AGAIN_MILLISECONDS = 10_000;

async function readState(): Promise<Answer<State>> {
  const [health, metrics] = await Promise.all([ask<Health>('GET', '/healthz'), ask<string>('GET', '/metrics')]);
  if (!health.ok) return health;
  if (!metrics.ok) return metrics;
  return { ok: true, body: { health: health.body, figures: figuresOf(metrics.body) } };
}

/** `slotkeeper_consumer_seconds_behind{consumer="audit"} 0.2` and the like. */
function figuresOf(text: string): readonly Figure[] {
  return text.split('\n').flatMap((line) => {
    const [, name, label, value] = /^slotkeeper_(\w+)(?:\{\w+="([^"]*)"\})? ([\d.e+-]+)$/.exec(line) ?? [];
    return name === undefined ? [] : [{ name, label, value: Number(value) }];
  });
}

export function SystemTab() {
  const reading = useReading(readState);
  useEffect(() => {
    const timer = setInterval(() => document.visibilityState === 'visible' && void reading.again(), LOOK_AGAIN_MILLISECONDS);
    return () => clearInterval(timer);
  }, []);
  return (
    <>
      <Head title="System" lead="As the node that answers this page sees it, and looked at again every ten seconds." />
      <Read reading={reading}>
        {({ health, figures }) => (
          <>
            <Now figures={figures} health={health} />
            <section class="card panel-card record" aria-labelledby="durability">
              <h2 id="durability">What an answer survives</h2>
              <p>{health.durability}</p>
            </section>
            <Consumers figures={figures} />
          </>
        )}
      </Read>
      <DeadJobs />
    </>
  );
}

function Now({ health, figures }: State) {
  const one = (name: string) => figures.find((figure) => figure.name === name)?.value ?? 0;
  const sum = (name: string) => figures.filter((figure) => figure.name === name).reduce((total, { value }) => total + value, 0);
  const shown: readonly (readonly [string, string | number])[] = [
    ['nodes alive', one('nodes')],
    ['pages connected here', one('screens')],
    ['decisions waiting for the database', one('journal_queue')],
    ['jobs waiting', sum('jobs_waiting')],
    ['messages waiting', one('messages_waiting') + one('emails_waiting')],
    ['facts waiting for webhooks', one('webhooks_waiting')],
    ['version', health.version],
  ];
  return (
    <dl class="figures">
      {shown.map(([name, value]) => (
        <div key={name} class="card">
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

const behindWords = (seconds: number) =>
  seconds < 2 ? 'up to date' : seconds < 90 ? `${Math.round(seconds)} seconds behind` : `${duration(Math.round(seconds / 60))} behind`;

function Consumers({ figures }: { readonly figures: readonly Figure[] }) {
  const consumers = figures.filter(({ name }) => name === 'consumer_seconds_behind');
  const asideOf = (label: string | undefined) => figures.find((figure) => figure.name === 'consumer_set_aside' && figure.label === label)?.value ?? 0;
  return (
    <section class="listing" aria-labelledby="consumers-title">
      <h2 id="consumers-title">What follows the log</h2>
      <Listing
        id="consumers"
        words={['consumer', 'consumers']}
        items={consumers}
        keyOf={({ label = '' }) => label}
        columns={[
          { id: 'name', name: 'Consumer', show: ({ label }) => label, by: ({ label = '' }) => label },
          { id: 'lag', name: 'State', show: ({ value }) => behindWords(value), by: ({ value }) => value },
          {
            id: 'aside',
            name: 'Set aside',
            show: ({ label }) => (asideOf(label) === 0 ? 'nothing' : counted(asideOf(label), 'change', 'changes')),
            by: ({ label }) => asideOf(label),
          },
        ]}
        empty={<p>Nothing follows the log on this node.</p>}
      />
    </section>
  );
}

type Jobs = z.output<typeof jobs>;
type Job = Jobs['items'][number];

function DeadJobs() {
  const reading = useReading(() => askAs<Jobs>('GET', '/v1/system/jobs?limit=200'));
  const problem = useSignal<Problem | undefined>(undefined);
  const retry = async ({ id }: Job) => {
    const answer = await askAs('POST', `/v1/system/jobs/${id}/retry`, { body: {} });
    problem.value = answer.ok || answer.problem.code === 'not-found' ? undefined : answer.problem;
    if (answer.ok) tell('The job waits in its queue again.');
    await reading.again();
  };
  return (
    <section class="listing" aria-labelledby="jobs-title">
      <h2 id="jobs-title">Jobs that have failed for good</h2>
      {problem.value !== undefined && (
        <p class="banner danger" role="alert">
          {sentenceOf(problem.value)}
        </p>
      )}
      <Read reading={reading}>
        {({ items }) => (
          <Listing
            id="jobs"
            words={['job', 'jobs']}
            items={items}
            keyOf={({ id }) => id}
            textOf={({ kind, reason }) => `${kind} ${reason}`}
            columns={[
              { id: 'kind', name: 'Job', show: ({ kind }) => kind, by: ({ kind }) => kind },
              { id: 'reason', name: 'Why', show: ({ reason }) => reason, by: ({ reason }) => reason },
              { id: 'at', name: 'Given up', show: ({ diedAt }) => ago(Date.parse(diedAt), serverNow(), viewerZone()), by: ({ diedAt }) => diedAt },
              {
                id: 'again',
                name: 'Again',
                show: (job) => (
                  <button type="button" class="button" onClick={() => void retry(job)}>
                    Try again<span class="only-heard"> {job.kind}</span>
                  </button>
                ),
              },
            ]}
            empty={<p>None. What fails is tried again, and comes here only if it never works.</p>}
          />
        )}
      </Read>
    </section>
  );
}
