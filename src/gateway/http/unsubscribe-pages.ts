// `/unsubscribe/{token}`: where mail programs, and people, end the reminders to an address. No login: the token in a reminder is enough.
import express, { type Request, type Response } from 'express';
import type { ClaimTokens } from '../../access/claim-tokens.ts';
import type { Messages } from '../../messages/messages.ts';
import type { Admitting } from '../parts.ts';
import { takeAllowance, tooMany } from './allowance.ts';
import type { PlainPage } from './plain-page.ts';
import { requestIdOf } from './request-ids.ts';
import { sendReply } from './send.ts';

type Parts = Admitting & { readonly tokens: Pick<ClaimTokens, 'unsubscribeOf'>; readonly messages: Pick<Messages, 'declineReminders'> };

/** RFC 8058 sends one field, as a form of either kind. */
const LARGEST_FORM = '4kb';
const ONE_CLICK = /List-Unsubscribe(=|"\r?\n\r?\n)One-Click/;
const AGAIN = /^reminders=again$/;

/** A visit changes nothing: programs look at links by themselves. */
export function unsubscribePages(parts: Parts, page: PlainPage): express.Router {
  const router = express.Router();
  const answer = (response: Response, status: number, title: string, content: string) =>
    response
      .status(status)
      .set({ 'Cache-Control': 'no-store', 'Referrer-Policy': 'no-referrer', 'X-Robots-Tag': 'noindex' })
      .type('html')
      .send(page(title, `<h1>${title}</h1>\n${content}`));
  const unknown = (response: Response) =>
    answer(response, 404, 'This link is not valid', '<p class="soft">It may have been cut off. Copy all of it from the e-mail.</p>');
  const isCounted = async (request: Request, response: Response, kind: 'read' | 'claim') => {
    const taken = await takeAllowance(parts, kind, request, response);
    if (!taken.isAllowed) sendReply(response, requestIdOf(request), tooMany(taken));
    return taken.isAllowed;
  };
  router.get('/unsubscribe/:token', async (request, response) => {
    if (!(await isCounted(request, response, 'read'))) return;
    if (parts.tokens.unsubscribeOf(request.params.token) === undefined) return void unknown(response);
    answer(response, 200, 'No more reminders?', form('List-Unsubscribe', 'One-Click', 'Get no more reminders'));
  });
  router.post('/unsubscribe/:token', express.text({ limit: LARGEST_FORM, type: () => true }), async (request, response) => {
    if (!(await isCounted(request, response, 'claim'))) return;
    const found = parts.tokens.unsubscribeOf(request.params.token);
    if (found === undefined) return void unknown(response);
    const said = typeof request.body === 'string' ? request.body : '';
    const isAgain = AGAIN.test(said);
    if (!isAgain && !ONE_CLICK.test(said))
      return void answer(response, 400, 'Nothing was changed', '<p class="soft">The request does not say List-Unsubscribe=One-Click.</p>');
    await parts.messages.declineReminders(found.customerId, found.address, !isAgain);
    if (isAgain) answer(response, 200, 'You get reminders again', '<p class="soft">At the address that this link was sent to.</p>');
    else
      answer(
        response,
        200,
        'You get no more reminders',
        `<p class="soft">Bookings and changes are still told by e-mail.</p>\n${form('reminders', 'again', 'Get reminders again')}`,
      );
  });
  return router;
}

/** To the same address. Names and values are our own. */
function form(name: string, value: string, button: string): string {
  return `<form method="post"><input type="hidden" name="${name}" value="${value}"><button class="button primary">${button}</button></form>`;
}
