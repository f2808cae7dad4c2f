// How the server is doing, in words: what an answer survives, what lags behind, what was given up.
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { z } from 'zod';
import type { jobs } from '../../../src/protocol/jobs.ts';
import type { SystemReply } from '../../../src/protocol/system.ts';
import { ago } from '../../kit/ago.ts';
import { agoNow } from '../../kit/ago-now.ts';
import { type Answer, ask, type Problem } from '../../kit/api.ts';
import { counted, duration, listed } from '../../kit/money-and-time.ts';
import { sentenceOf } from '../../kit/problem-sentences.ts';
import { Read, useReading } from '../../kit/reading.tsx';
import { askAs } from '../../kit/session.ts';
import { viewerZone } from '../../kit/zoned-dates.ts';
import { Head } from '../head.tsx';
import { Listing } from '../listing.tsx';
import { tell } from '../notice.tsx';

type Figure = { readonly name: string; readonly value: number };
type State = { readonly system: SystemReply; readonly figures: readonly Figure[] };
const LOOK_AGAIN_MILLISECONDS = 5_000;

async function readState(): Promise<Answer<State>> {
  const [system, metrics] = await Promise.all([askAs<SystemReply>('GET', '/v1/system'), ask<string>('GET', '/metrics')]);
  if (!system.ok) return system;
  if (!metrics.ok) return metrics;
  return { ok: true, body: { system: system.body, figures: figuresOf(metrics.body) } };
}

/** `slotkeeper_screens 3` and the like. */
function figuresOf(text: string): readonly Figure[] {
  return text.split('\n').flatMap((line) => {
    const [, name, value] = /^slotkeeper_(\w+)(?:\{\w+="[^"]*"\})? ([\d.e+-]+)$/.exec(line) ?? [];
    return name === undefined ? [] : [{ name, value: Number(value) }];
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
      <Head title="System" lead="Of all nodes, and looked at again every five seconds." />
      <Read reading={reading}>
        {({ system, figures }) => (
          <>
            <section class="card panel-card record" aria-labelledby="in-words">
              <h2 id="in-words">In words</h2>
              {sentencesOf(system).map((sentence) => (
                <p key={sentence}>{sentence}</p>
              ))}
              <p>{system.durability.sentence}</p>
            </section>
            <Now system={system} figures={figures} />
            <Nodes nodes={system.nodes} now={system.now} />
            <Consumers consumers={system.consumers} />
            <Queues queues={system.jobs.queues} />
          </>
        )}
      </Read>
      <DeadJobs />
    </>
  );
}

/** What an owner wants to know first: whether all is well, and if not, what is not. */
function sentencesOf({ nodes, consumers, jobs: { queues, dead } }: SystemReply): readonly string[] {
  const running = nodes.filter(({ state }) => state === 'running').length;
  const silent = nodes.filter(({ state }) => state === 'silent').length;
  const behind = consumers.filter(({ secondsBehind }) => secondsBehind >= LATE_SECONDS);
  const aside = consumers.reduce((sum, { setAside }) => sum + setAside, 0);
  const waiting = queues.reduce((sum, { waiting: some }) => sum + some, 0);
  return [
    `${counted(running, 'node is', 'nodes are')} running${silent === 0 ? '' : `, and ${counted(silent, 'one is', 'are')} silent`}.`,
    behind.length === 0
      ? 'What follows the log is up to date.'
      : `${listed(behind.map(({ name, secondsBehind }) => `${name} is ${behindWords(secondsBehind)}`))}.`,
    ...(aside === 0 ? [] : [`${counted(aside, 'change', 'changes')} could not be processed and ${aside === 1 ? 'is' : 'are'} set aside.`]),
    queues.length === 0
      ? 'Jobs are being counted.'
      : `${counted(waiting, 'job waits', 'jobs wait')}${dead === 0 ? ', and none has failed for good.' : `, and ${counted(dead, 'has', 'have')} failed for good: see below.`}`,
  ];
}

function Now({ system: { version, jobs }, figures }: State) {
  const one = (name: string) => figures.find((figure) => figure.name === name)?.value ?? 0;
  const shown: readonly (readonly [string, string | number])[] = [
    ['pages connected to this node', one('screens')],
    ['decisions waiting for the database here', one('journal_queue')],
    ['messages waiting', one('messages_waiting') + one('letters_waiting')],
    ['facts waiting for webhooks', one('webhooks_waiting')],
    ['jobs under way', jobs.queues.reduce((sum, { active }) => sum + active, 0)],
    ['version', version],
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

type Node = SystemReply['nodes'][number];
const NODE_STATES = { running: ['running', 'well'], silent: ['silent', 'danger'], leaving: ['leaving', 'notice'] } as const;

function Nodes({ nodes, now }: { readonly nodes: readonly Node[]; readonly now: string }) {
  return (
    <section class="listing" aria-labelledby="nodes-title">
      <h2 id="nodes-title">Nodes</h2>
      <Listing
        id="nodes"
        words={['node', 'nodes']}
        items={nodes}
        keyOf={({ id }) => id}
        columns={[
          {
            id: 'node',
            name: 'Node',
            show: ({ id, isThis, state }) => (
              <>
                {id.slice(-6)}
                <span class={`tag ${NODE_STATES[state][1]}`}>{NODE_STATES[state][0]}</span>
                {isThis && <span class="tag">answers this page</span>}
              </>
            ),
          },
          { id: 'shards', name: 'Calendars', show: ({ shards }) => `${Math.round((shards / 256) * 100)}%`, by: ({ shards }) => shards, isNumber: true },
          {
            id: 'since',
            name: 'Started',
            show: ({ startedAt }) => ago(Date.parse(startedAt), Date.parse(now), viewerZone()),
            by: ({ startedAt }) => startedAt,
          },
        ]}
        empty={<p>No node has been heard of.</p>}
      />
    </section>
  );
}

const LATE_SECONDS = 2;
const behindWords = (seconds: number) =>
  seconds < LATE_SECONDS ? 'up to date' : seconds < 90 ? `${Math.round(seconds)} seconds behind` : `${duration(Math.round(seconds / 60))} behind`;

function Consumers({ consumers }: Pick<SystemReply, 'consumers'>) {
  return (
    <section class="listing" aria-labelledby="consumers-title">
      <h2 id="consumers-title">What follows the log</h2>
      <Listing
        id="consumers"
        words={['consumer', 'consumers']}
        items={consumers}
        keyOf={({ name }) => name}
        columns={[
          { id: 'name', name: 'Consumer', show: ({ name }) => name, by: ({ name }) => name },
          {
            id: 'lag',
            name: 'State',
            show: ({ secondsBehind, runs }) => `${behindWords(secondsBehind)}${runs ? '' : ', and no node runs it'}`,
            by: ({ secondsBehind }) => secondsBehind,
          },
          {
            id: 'aside',
            name: 'Set aside',
            show: ({ setAside }) => (setAside === 0 ? 'nothing' : counted(setAside, 'change', 'changes')),
            by: ({ setAside }) => setAside,
          },
        ]}
        empty={<p>Nothing follows the log.</p>}
      />
    </section>
  );
}

function Queues({ queues }: { readonly queues: SystemReply['jobs']['queues'] }) {
  return (
    <section class="listing" aria-labelledby="queues-title">
      <h2 id="queues-title">Jobs</h2>
      <Listing
        id="queues"
        words={['kind of job', 'kinds of jobs']}
        items={queues}
        keyOf={({ kind }) => kind}
        columns={[
          { id: 'kind', name: 'Job', show: ({ kind }) => kind, by: ({ kind }) => kind },
          { id: 'waiting', name: 'Waiting', show: ({ waiting }) => waiting, by: ({ waiting }) => waiting, isNumber: true },
          { id: 'active', name: 'Under way', show: ({ active }) => active, by: ({ active }) => active, isNumber: true },
        ]}
        empty={<p>The queues are counted every fifteen seconds. Look again in a moment.</p>}
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
              { id: 'at', name: 'Given up', show: ({ diedAt }) => agoNow(diedAt), by: ({ diedAt }) => diedAt },
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
