import type { Answer } from '../kit/api.ts';
import { askAs } from '../kit/session.ts';

const PAGE = 200;
/** A list of more is searched by the server, and not read whole. */
const MOST_PAGES = 10;

/** The whole of a list that is short by nature: what is offered, who works here. */
export async function askEach<Item>(path: string): Promise<Answer<readonly Item[]>> {
  const items: Item[] = [];
  let cursor: string | null = '';
  for (let count = 0; count < MOST_PAGES && cursor !== null; count += 1) {
    const next: string = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const answer: Answer<{ readonly items: readonly Item[]; readonly nextCursor: string | null }> = await askAs(
      'GET',
      `${path}${path.includes('?') ? '&' : '?'}limit=${PAGE}${next}`,
    );
    if (!answer.ok) return answer;
    items.push(...answer.body.items);
    cursor = answer.body.nextCursor;
  }
  return { ok: true, body: items };
}
