// The OpenAPI 3.1 document, made from what the routes say about themselves.
import { z } from 'zod';
import { createDocument, type ZodOpenApiOperationObject, type ZodOpenApiPathsObject, type ZodOpenApiResponsesObject } from 'zod-openapi';
import { reachOf, STANDINGS, scopeFor } from '../../access/permissions.ts';
import { PROBLEMS, type ProblemCode, problem } from '../../protocol/problems.ts';
import type { GatewayConfig } from '../parts.ts';
import { allowanceOf, BEFORE_THE_DOOR, type Route, TAGS } from './route.ts';

const DESCRIPTION =
  'Real-time scheduling. Errors are `application/problem+json`; each `code` has a page at `/problems/{code}`. Headers of every answer are in `x-headers-of-every-answer`. Instants are RFC 3339 with offset, ids UUIDs, money is in minor units.';

const IDEMPOTENCY_KEY = z
  .string()
  .min(1)
  .max(255)
  .optional()
  .meta({ description: 'Makes a retry safe: for 24 hours the same key and request get the same reply, marked `Idempotency-Replayed: true`.' });
const IF_MATCH = z.string().max(100).optional().meta({ description: 'The `ETag` the change is based on; 412 `version-mismatch` if it has changed.' });
const IF_NONE_MATCH = z.string().max(500).optional().meta({ description: 'The `ETag` you already have; 304 if it is unchanged.' });
const TOKEN = z.string().max(500).optional();

/** Headers of every answer under `/v1`, whatever it says: named once, since with each answer of each route they would be nine tenths of the document. */
const EVERY_ANSWER = {
  'X-Request-Id': 'The id of this request in the server’s log.',
  RateLimit: 'What remains of the rate limit the request counted against, and when it resets.',
  'RateLimit-Policy': 'The rate limit the request counted against.',
  'Cache-Control': '`no-store`: responses must not be cached.',
  Vary: 'The request headers the response depends on.',
  'Content-Security-Policy': 'For browsers: what a page may load.',
  'Cross-Origin-Opener-Policy': 'For browsers.',
  'Cross-Origin-Resource-Policy': 'For browsers: which sites may embed a response.',
  'Origin-Agent-Cluster': 'For browsers.',
  'Referrer-Policy': 'For browsers: no referrer is sent.',
  'Strict-Transport-Security': 'For browsers: use TLS only from now on. Sent if `PUBLIC_URL` is https.',
  'X-Content-Type-Options': 'For browsers: do not guess the content type.',
  'X-DNS-Prefetch-Control': 'For browsers.',
  'X-Download-Options': 'For browsers.',
  'X-Frame-Options': 'For browsers: do not show in a frame.',
  'X-Permitted-Cross-Domain-Policies': 'For browsers.',
  'X-XSS-Protection': 'For browsers.',
  'Access-Control-Allow-Origin': 'For browsers: sent to origins in `CORS_ORIGINS`.',
  'Access-Control-Allow-Credentials': 'For browsers: sent to origins in `CORS_ORIGINS`.',
  'Access-Control-Expose-Headers': 'For browsers: sent to origins in `CORS_ORIGINS`.',
} as const;
const SOME_ANSWERS = {
  ETag: 'The version of the resource, for `If-Match` and `If-None-Match`.',
  Location: 'Where what was made can be read.',
  'Content-Disposition': 'The name of the file.',
  'Idempotency-Replayed': '`true` if this is the stored reply to a key that was used before.',
  'Retry-After': 'Seconds until the request may be sent again.',
  'WWW-Authenticate': 'How to log in.',
  'Set-Cookie': 'The refresh token of a browser.',
} as const;
type HeaderName = keyof typeof SOME_ANSWERS;

export function openApiOf(routes: readonly Route[], config: Pick<GatewayConfig, 'version' | 'publicUrl'>): object {
  return createDocument(
    {
      openapi: '3.1.0',
      info: {
        title: 'Slotkeeper',
        version: config.version,
        description: DESCRIPTION,
        license: { name: 'MIT', identifier: 'MIT' },
        contact: { name: 'The documentation of this server', url: `${config.publicUrl}/docs` },
      },
      servers: [{ url: config.publicUrl }],
      tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
      components: {
        securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
        headers: Object.fromEntries(Object.entries(SOME_ANSWERS).map(([name, description]) => [name, { description, schema: { type: 'string' } }])),
      },
      paths: pathsOf(routes),
      'x-headers-of-every-answer': EVERY_ANSWER,
    },
    { override: openReply },
  );
}

/** Fields may be added to replies in any version, so a reply with a field that a program does not know is still of its schema. */
function openReply({ io, jsonSchema }: { io: 'input' | 'output'; jsonSchema: { additionalProperties?: unknown } }): void {
  if (io === 'output' && jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties;
}

function pathsOf(routes: readonly Route[]): ZodOpenApiPathsObject {
  const paths: ZodOpenApiPathsObject = {};
  for (const [path, atPath] of Map.groupBy(routes, (route) => route.path))
    paths[path] = Object.fromEntries(atPath.map((route) => [route.method, operationOf(route)]));
  return paths;
}

function operationOf(route: Route): ZodOpenApiOperationObject {
  const { params, query, body } = route.schemas;
  const header = headersOf(route);
  const fullQuery = queryOf(route, query);
  return {
    operationId: operationIdOf(route),
    tags: [route.tag],
    summary: route.summary,
    description: descriptionOf(route),
    security: isForGuests(route) ? [{}, { bearer: [] }] : [{ bearer: [] }],
    requestParams: { ...(params && { path: params }), ...(fullQuery && { query: fullQuery }), ...(header && { header }) },
    ...(body && {
      requestBody: { required: !body.safeParse({}).success, content: Object.fromEntries(mediaOf(route).map((media) => [media, { schema: body }])) },
    }),
    responses: responsesOf(route),
  };
}

function mediaOf({ isSigned, isTable }: Route): readonly string[] {
  if (isTable === true) return ['text/csv'];
  return isSigned === true ? ['application/json', 'application/x-www-form-urlencoded'] : ['application/json'];
}

/** Who may, and what it counts for. */
function descriptionOf(route: Route): string {
  const scope = scopeFor(route.action);
  const forKeys = reachOf(route.action, 'integration') === null ? ' Not for API keys.' : scope === null ? '' : ` An API key needs the scope \`${scope}\`.`;
  return `Permission \`${route.action}\`.${forKeys} Counts as \`${allowanceOf(route)}\`.`;
}

function isForGuests(route: Route): boolean {
  return reachOf(route.action, 'guest') !== null;
}

/** What everybody may do may still need a scope of an API key. */
function isForEverybody({ action }: Route): boolean {
  return scopeFor(action) === null && STANDINGS.every((standing) => reachOf(action, standing) !== null);
}

/** `post /v1/holds/{id}/renew` → `postHoldsByIdRenew`. */
function operationIdOf(route: Route): string {
  const words = route.path
    .replace('/v1/', '')
    .replace(/\.ics$/, '')
    .replace(/\.csv$/, '/csv')
    .split(/[/-]/)
    .map((word) => word.replace(/^\{(.)(\w*)\}$/, (_, first: string, rest: string) => `By${first.toUpperCase()}${rest}`));
  return route.method + words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
}

function headersOf(route: Route): z.ZodObject | undefined {
  const fields: Record<string, z.ZodType> = {};
  if (route.isIdempotent === true) fields['Idempotency-Key'] = IDEMPOTENCY_KEY;
  if (route.isConditional === true) fields['If-Match'] = IF_MATCH;
  if (isConditionalRead(route)) fields['If-None-Match'] = IF_NONE_MATCH;
  for (const name of route.tokens ?? []) fields[name] = TOKEN;
  return Object.keys(fields).length === 0 ? undefined : z.object(fields);
}

/** Refinements and transforms of a whole query stand in the way of its fields, so the object inside is what is shown. */
function queryOf(route: Route, query: z.ZodType | undefined): z.ZodObject | undefined {
  const inner = query instanceof z.ZodPipe ? query.in : query;
  const fields = inner instanceof z.ZodObject ? inner.shape : {};
  const dryRun = route.canDryRun === true ? { dryRun: z.enum(['true', 'false']).optional().meta({ description: 'Runs every check and stores nothing.' }) } : {};
  const shown = { ...fields, ...dryRun };
  return Object.keys(shown).length === 0 ? undefined : z.object(shown);
}

function responsesOf(route: Route): ZodOpenApiResponsesObject {
  const good = Object.entries(route.replies).map(
    ([status, { description, schema, contentType = 'application/json' }]) =>
      [status, { description, headers: headersAt(route, Number(status)), ...(schema && { content: { [contentType]: { schema } } }) }] as const,
  );
  if (isConditionalRead(route)) good.push(['304', { description: 'It is unchanged.', headers: headersAt(route, 304) }]);
  const bad = Map.groupBy(codesOf(route), (code) => PROBLEMS[code].status);
  const refused = [...bad].map(
    ([status, codes]) =>
      [
        String(status),
        {
          description: codes.map((code) => `\`${code}\`: ${PROBLEMS[code].title}.`).join(' '),
          headers: headersAt(route, status),
          content: { 'application/problem+json': { schema: problem } },
        },
      ] as const,
  );
  return Object.fromEntries([...good, ...refused].toSorted(([a], [b]) => Number(a) - Number(b)));
}

function isConditionalRead({ method, hasVersion }: Route): boolean {
  return method === 'get' && hasVersion === true;
}

/** What a browser keeps under a name. */
const FILES: ReadonlySet<string | undefined> = new Set(['text/calendar', 'text/csv']);

function headersAt(route: Route, status: number): { readonly [name: string]: { readonly $ref: `#/components/headers/${string}` } } {
  const isGood = status < 400;
  const sometimes: Readonly<Record<HeaderName, boolean>> = {
    ETag: isGood && status !== 204 && (route.hasVersion === true || route.isConditional === true || route.isIdempotent === true),
    Location: status === 201,
    'Content-Disposition': isGood && FILES.has(route.replies[status]?.contentType),
    'Idempotency-Replayed': route.isIdempotent === true,
    'Retry-After': status === 429 || status === 503,
    'WWW-Authenticate': status === 401,
    'Set-Cookie': route.path.startsWith('/v1/auth/'),
  };
  const some = Object.entries(sometimes).flatMap(([name, isSent]) => (isSent ? [name] : []));
  return Object.fromEntries(some.map((name) => [name, { $ref: `#/components/headers/${name}` }]));
}

function codesOf(route: Route): readonly ProblemCode[] {
  const codes = new Set<ProblemCode>(['invalid-request', 'rate-limited', 'internal', ...(route.problems ?? [])]);
  if (!BEFORE_THE_DOOR.has(route.path)) {
    // A guest is refused who shows a token that is not good.
    codes.add('unauthenticated');
    if (!isForEverybody(route)) codes.add('forbidden');
  }
  if (route.schemas.params !== undefined) codes.add('not-found');
  if (route.schemas.body !== undefined) codes.add('too-large').add('unsupported-media-type');
  if (route.isIdempotent === true) codes.add('idempotency-key-reused').add('abandoned').add('overloaded').add('outcome-unknown');
  if (route.isConditional === true) codes.add('version-mismatch');
  return [...codes];
}
