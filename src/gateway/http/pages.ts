// The bundled pages. Assets carry a hash in their names and never change; the pages that name them are asked for anew each time.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import express from 'express';
import { withStripe } from '../security/headers.ts';
import { compressedFilesOf } from './compressed.ts';

const POLICY = 'Content-Security-Policy';
const FOR_EVER = 'public, max-age=31536000, immutable';
const ASK_AGAIN = 'no-cache';
/** Address of a page → its file in the bundle. */
const PAGES = { '/': 'index.html', '/desk': 'desk.html', '/account': 'account.html', '/admin': 'admin.html' } as const;

/** Nothing, if there is no bundle. `isPaidByStripe`: the booking page, and no other, may show the provider’s form. */
export function pages(webDirectory: string | null, isPaidByStripe = false): express.Router {
  const router = express.Router({ strict: true });
  if (webDirectory === null) return router;
  const compressed = compressedFilesOf(webDirectory);
  for (const [path, file] of Object.entries(PAGES)) {
    const located = [file, join(path, 'index.html')].find((candidate) => existsSync(join(webDirectory, candidate)));
    if (located === undefined) continue;
    // With `root`, what is hidden is judged by the file in the bundle, and not by the folders above it.
    const options = { root: webDirectory, headers: { 'Cache-Control': ASK_AGAIN }, cacheControl: false };
    const send: express.RequestHandler = (request, response, next) => {
      if (isPaidByStripe && path === '/') response.setHeader(POLICY, withStripe(String(response.getHeader(POLICY) ?? '')));
      response.sendFile(compressed(request, response, located), options, (failure) => failure && next(failure));
    };
    router.get(path, send);
    if (path !== '/') router.get(`${path}/`, (_request, response) => response.redirect(308, path));
  }
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
