// Pages of words that the server writes itself, in the look of the bundled pages: what a problem means, and that there is nothing at an address.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RequestHandler } from 'express';
import { requestIdOf } from './request-ids.ts';
import { notFoundProblem, sendProblem } from './send.ts';

/** `content` is HTML; the title is text. */
export type PlainPage = (title: string, content: string) => string;

/** The template of the bundle; it has a title and an empty `main` for the words. */
const TEMPLATE = 'plain.html';
const WITHOUT_BUNDLE =
  '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<meta name="viewport" content="width=device-width">\n<title>Page</title>\n</head>\n<body>\n<main class="plain"></main>\n</body>\n</html>\n';

/** Without a bundle the words stand alone. */
export function plainPage(webDirectory: string | null): PlainPage {
  const file = webDirectory === null ? undefined : join(webDirectory, TEMPLATE);
  const template = file !== undefined && existsSync(file) ? readFileSync(file, 'utf8') : WITHOUT_BUNDLE;
  return (title, content) =>
    template
      .replace(/<title>[^<]*<\/title>/, () => `<title>${escapeHtml(title)}</title>`)
      .replace('<main class="plain"></main>', () => `<main class="plain">\n${content}\n</main>`);
}

/** The last handler: browsers get a page, all others a problem. Neither repeats the address. */
export function nothingHere(page: PlainPage): RequestHandler {
  const words = page(
    'Nothing here',
    '<h1>There is nothing at this address</h1>\n<p class="soft">It may be misspelt, or the page has been removed.</p>\n<p class="links"><a href="/">Book a time</a> <a href="/account">My account</a></p>',
  );
  return (request, response) => {
    response.vary('Accept');
    const isRead = request.method === 'GET' || request.method === 'HEAD';
    if (!isRead || request.accepts(['application/problem+json', 'application/json', 'html']) !== 'html') {
      sendProblem(response, requestIdOf(request), notFoundProblem());
      return;
    }
    response.status(404).set('Cache-Control', 'no-store').type('html').send(words);
  };
}

export function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
