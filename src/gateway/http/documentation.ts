// `/openapi.json`, and `/docs` to read it by, under the same strict content security policy as every other page.

import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import express from 'express';
import type { GatewayConfig } from '../parts.ts';
import { openApiOf } from './openapi.ts';
import type { Route } from './route.ts';

const ONE_DAY = 'public, max-age=86400';
const ASK_AGAIN = 'no-cache';
/** Of the package, which also brings pages of its own that ask other servers. */
const USED = ['swagger-ui.css', 'swagger-ui-bundle.js'] as const;

const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>API · Slotkeeper</title>
<link rel="stylesheet" href="/docs/swagger-ui.css">
<script src="/docs/swagger-ui-bundle.js" defer></script>
<script src="/docs/start.js" defer></script>
</head>
<body><div id="documentation"></div></body>
</html>
`;
const START = `SwaggerUIBundle({ url: '/openapi.json', dom_id: '#documentation', deepLinking: true, tryItOutEnabled: true });\n`;

export function documentation(parts: { readonly config: GatewayConfig }, routes: readonly Route[]): express.Router {
  const router = express.Router();
  let text: string | undefined;
  router.get('/openapi.json', (_request, response) => {
    text ??= JSON.stringify(openApiOf(routes, parts.config));
    response.set('Cache-Control', ASK_AGAIN).type('application/json').send(text);
  });
  router.get('/docs', (_request, response) => {
    response.set('Cache-Control', ASK_AGAIN).type('html').send(PAGE);
  });
  router.get('/docs/start.js', (_request, response) => {
    response.set('Cache-Control', ASK_AGAIN).type('text/javascript').send(START);
  });
  const directory = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
  for (const file of USED) {
    const send: express.RequestHandler = (_request, response, next) =>
      response.sendFile(file, { root: directory, headers: { 'Cache-Control': ONE_DAY }, cacheControl: false }, (failure) => failure && next(failure));
    router.get(`/docs/${file}`, send);
  }
  return router;
}
