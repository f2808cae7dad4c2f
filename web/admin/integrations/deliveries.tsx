// What an endpoint was told, and telling it again.
import type { z } from 'zod';
import type { deliveries, replayed, webhookAttempt } from '../../../src/protocol/webhooks.ts';
import { agoNow } from '../../kit/ago-now.ts';
import type { Answer } from '../../kit/api.ts';
import { counted } from '../../kit/money-and-time.ts';
import { askAs } from '../../kit/session.ts';
import { Listing } from '../listing.tsx';
import { tell } from '../notice.tsx';
import { usePages } from '../pages.tsx';

export type Attempt = z.output<typeof webhookAttempt>;
type Delivery = z.output<typeof deliveries>['items'][number];
const PAGE = 50;
/** Requests of one click; each takes as many deliveries as the server allows. */
const MOST_REPLAYS = 20;

export function attemptWords({ status, failure, milliseconds }: Attempt): string {
  return failure === null ? `was taken with ${status} in ${milliseconds} ms` : `has failed: ${failure}`;
}

export function Deliveries({ path }: { readonly path: string }) {
  const pages = usePages<Delivery>(`${path}/deliveries?limit=${PAGE}`);
  const again = async (from: string, to?: string) => {
    let [queued, next]: [number, string | null] = [0, from];
    for (let requests = 0; next !== null && requests < MOST_REPLAYS; requests += 1) {
      const answer: Answer<z.output<typeof replayed>> = await askAs('POST', `${path}/replay`, { body: { from: next, ...(to !== undefined && { to }) } });
      await pages.did(answer);
      if (!answer.ok) return;
      queued += answer.body.queued;
      next = answer.body.next;
    }
    tell(
      `${queued === 0 ? 'It waits already.' : `${counted(queued, 'delivery waits', 'deliveries wait')} to be sent again.`}${next === null ? '' : ' There are more: go on from a later one.'}`,
    );
  };
  return (
    <section class="listing" aria-labelledby="log">
      <h2 id="log">Deliveries</h2>
      {pages.trouble}
      <Listing
        id="deliveries"
        words={['delivery', 'deliveries']}
        items={pages.items}
        keyOf={({ id }) => id}
        textOf={({ type, lastAttempt }) => `${type} ${lastAttempt?.failure ?? ''}`}
        columns={[
          { id: 'type', name: 'What', show: ({ type }) => type, by: ({ type }) => type },
          { id: 'at', name: 'When', show: ({ createdAt }) => agoNow(createdAt), by: ({ createdAt }) => createdAt },
          { id: 'status', name: 'State', show: ({ status, attempts }) => `${status}, ${counted(attempts, 'attempt', 'attempts')}`, by: ({ status }) => status },
          { id: 'last', name: 'Last attempt', show: ({ lastAttempt }) => lastAttempt !== null && attemptWords(lastAttempt) },
          {
            id: 'again',
            name: 'Again',
            show: (delivery) => (
              <div class="actions">
                <button type="button" class="button" onClick={() => void again(delivery.id, delivery.id)}>
                  Send again<span class="only-heard"> {delivery.type}</span>
                </button>
                <button type="button" class="button quiet" onClick={() => void again(delivery.id)}>
                  And all after it<span class="only-heard"> {delivery.type}</span>
                </button>
              </div>
            ),
          },
        ]}
        filters={[
          {
            id: 'state',
            name: 'State',
            options: [
              { id: 'all', name: 'All', isIn: () => true },
              ...(['waiting', 'sent', 'failed'] as const).map((state) => ({ id: state, name: state, isIn: ({ status }: Delivery) => status === state })),
            ],
          },
        ]}
        empty={<p>Nothing was delivered yet.</p>}
        more={pages.more}
      />
    </section>
  );
}
