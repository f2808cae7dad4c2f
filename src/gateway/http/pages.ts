// The bundled pages. Assets carry a hash in their names and never change; the pages that name them are asked for anew each time.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import express from 'express';
import { withFrameAncestors, withStripe } from '../security/headers.ts';
import { compressedFilesOf } from './compressed.ts';

const POLICY = 'Content-Security-Policy';
const FOR_EVER = 'public, max-age=31536000, immutable';
const ASK_AGAIN = 'no-cache';
/** A browser keeps the policy of a page with the page, also when it is told that the page is still the same: then who may show it would be out of date. */
const NEVER_KEPT = 'no-store';
/** How long sites go on with an older script after an upgrade. */
const SCRIPT_KEPT = 'public, max-age=600';
/** Address of a page → its file in the bundle. */
const PAGES = {
  '/': 'index.html',
  '/embed': 'embed.html',
  '/embed/try': 'embed/try.html',
  '/desk': 'desk.html',
  '/account': 'account.html',
  '/admin': 'admin.html',
  '/receipt': 'receipt.html',
} as const;
/** The booking page as it is shown by other sites, and the script that puts it there. */
const EMBEDDED = '/embed';
const EMBED_SCRIPT = '/embed.js';

type Showing = {
  /** The booking page, and no other, may show the provider’s form. */
  readonly isPaidByStripe?: boolean;
  /** The sites that may show the booking page. */
  readonly embedOrigins?: () => readonly string[];
};

/** Nothing, if there is no bundle. */
export function pages(webDirectory: string | null, { isPaidByStripe = false, embedOrigins = () => [] }: Showing = {}): express.Router {
  const router = express.Router({ strict: true });
  if (webDirectory === null) return router;
  const compressed = compressedFilesOf(webDirectory);
  for (const [path, file] of Object.entries(PAGES)) {
    const located = [file, join(path, 'index.html')].find((candidate) => existsSync(join(webDirectory, candidate)));
    if (located === undefined) continue;
    const isEmbedded = path === EMBEDDED;
    // With `root`, what is hidden is judged by the file in the bundle, and not by the folders above it.
    const options = { root: webDirectory, headers: { 'Cache-Control': isEmbedded ? NEVER_KEPT : ASK_AGAIN }, cacheControl: false };
    const send: express.RequestHandler = (request, response, next) => {
      if (isPaidByStripe && (path === '/' || isEmbedded)) response.setHeader(POLICY, withStripe(policyOf(response)));
      if (isEmbedded) letBeShown(response, embedOrigins());
      response.sendFile(compressed(request, response, located), options, (failure) => failure && next(failure));
    };
    router.get(path, send);
    if (path !== '/') router.get(`${path}/`, (_request, response) => response.redirect(308, path));
  }
  router.get(EMBED_SCRIPT, (request, response, next) => {
    // Pages of every site may load it; what it shows there is up to the policy of the page.
    response.setHeader('Cross-Origin-Resource-Policy', 'cross-origin');
    const options = { root: webDirectory, headers: { 'Cache-Control': SCRIPT_KEPT }, cacheControl: false };
    response.sendFile(compressed(request, response, EMBED_SCRIPT.slice(1)), options, (failure) => failure && next(failure));
  });
  router.use(
    '/assets',
    (request, response, next) => {
      request.url = compressed(request, response, `assets${request.path}`).slice('assets'.length);
      next();
    },
    express.static(join(webDirectory, 'assets'), {
      index: false,
      redirect: false,
      cacheControl: false,
      setHeaders: (response) => response.setHeader('Cache-Control', FOR_EVER),
    }),
  );
  // Every page has its own address above; the template of plain pages has none.
  router.get(/\.html$/, (_request, _response, next) => next('router'));
  router.use(
    express.static(webDirectory, {
      index: false,
      redirect: false,
      extensions: false,
      cacheControl: false,
      setHeaders: (response) => response.setHeader('Cache-Control', ASK_AGAIN),
    }),
  );
  return router;
}

function policyOf(response: express.Response): string {
  return String(response.getHeader(POLICY) ?? '');
}

/** Browsers that know the policy do not read the older header, which cannot name sites. */
function letBeShown(response: express.Response, origins: readonly string[]): void {
  response.setHeader(POLICY, withFrameAncestors(policyOf(response), origins));
  if (origins.length > 0) response.removeHeader('X-Frame-Options');
}
