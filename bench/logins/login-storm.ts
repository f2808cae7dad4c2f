// A thousand people who log in at the same moment, in a thread of their own.
import { isMainThread, parentPort, workerData } from 'node:worker_threads';
import { askOver, TEST_PASSWORD } from '../../test/support/test-server.ts';

export type Storm = { readonly url: string; readonly round: number; readonly logins: number };
/** How many logins there were of each kind, and after how many milliseconds the last of them was answered. */
export type Stall = { readonly letIn: number; readonly turnedAway: number; readonly turnedAwayWithin: number; readonly allWithin: number };

/** Each from an address of their own; of people who have no account, which is the most work: such a password is compared twice. */
async function logInAll({ url, round, logins }: Storm): Promise<Stall> {
  const startedAt = performance.now();
  const answers = await Promise.all(
    Array.from({ length: logins }, async (_, visitor) => {
      const body = { email: `${round}-${visitor}@example.org`, password: TEST_PASSWORD };
      const headers = { 'x-forwarded-for': `10.${round}.${visitor >> 8}.${visitor & 255}` };
      const { status, text } = await askOver(url, 'POST', '/v1/auth/login', { body, headers });
      if (status !== 401 && status !== 503) throw new Error(`a login was answered with ${text}`);
      return { status, time: performance.now() - startedAt };
    }),
  );
  const timesOf = (wanted: number) => answers.filter(({ status }) => status === wanted).map(({ time }) => time);
  const [letIn, turnedAway] = [timesOf(401), timesOf(503)];
  return { letIn: letIn.length, turnedAway: turnedAway.length, turnedAwayWithin: Math.max(0, ...turnedAway), allWithin: Math.max(0, ...letIn) };
}

if (!isMainThread) parentPort?.postMessage(await logInAll(workerData));
