import { SECOND } from '../../model/instant.ts';
import { done, failed } from '../../protocol/reply.ts';
import { message } from './message.ts';

/**
 * A connection goes on with a newer token of its user, which is judged as at the handshake; from then on it lives and ends with that token's session.
 * A token that is not good changes nothing: the connection goes on with the one it has, for as long as that is good.
 */
export const refreshToken = message('refresh-token', 'manage-own-account', async ({ parts }, screen, { token }) => {
  const principal = await parts.verifier.verify(token);
  // Asked once more, in the same moment as it takes effect: a session that ends is ended on those screens that have it by then.
  if (principal === undefined || !parts.accounts.isCurrent(principal)) return failed('unauthenticated', { detail: 'The token is not valid or has expired.' });
  if (screen.principal?.userId !== principal.userId)
    return failed('forbidden', { detail: 'A connection belongs to one user from its beginning to its end; open another one.' });
  screen.continueAs(principal);
  return done({ expiresInSeconds: Math.floor((principal.expiresAt - parts.scheduler.now()) / SECOND) });
});
