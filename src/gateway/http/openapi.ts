// The OpenAPI 3.1 document, made from what the routes say about themselves.
import { z } from 'zod';
import { createDocument, type ZodOpenApiOperationObject, type ZodOpenApiPathsObject, type ZodOpenApiResponsesObject } from 'zod-openapi';
import { PROBLEMS, type ProblemCode, problem } from '../../protocol/problems.ts';
import type { GatewayConfig } from '../context.ts';
import { reachOf, STANDINGS, scopeFor } from '../security/permissions.ts';
import { BEFORE_THE_DOOR, type Route } from './route.ts';

const DESCRIPTION =
  'Real-time scheduling. Errors are `application/problem+json`; each `code` has a page at `/problems/{code}`. Instants are RFC 3339 with offset, ids UUIDs, money is in minor units.';

const IDEMPOTENCY_KEY = z
  .string()
  .min(1)
  .max(255)
  .optional()
  .meta({ description: 'Makes a repeat harmless: the same key and request get the same reply, marked `Idempotency-Replayed: true`, for 24 hours.' });
const IF_MATCH = z.string().max(100).optional().meta({ description: 'The `ETag` the change is based on; 412 `version-mismatch` if it is another by now.' });
const TOKEN = z.string().max(500).optional();

export function openApiOf(routes: readonly Route[], config: Pick<GatewayConfig, 'version' | 'publicUrl'>): object {
  return createDocument({
    openapi: '3.1.0',
    info: { title: 'Slotkeeper', version: config.version, description: DESCRIPTION, license: { name: 'MIT', identifier: 'MIT' } },
    servers: [{ url: config.publicUrl }],
    tags: [...new Set(routes.map((route) => route.tag))].map((name) => ({ name })),
    components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } } },
    paths: pathsOf(routes),
  });
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
    security: isForGuests(route) ? [{}, { bearer: [] }] : [{ bearer: [] }],
    requestParams: { ...(params && { path: params }), ...(fullQuery && { query: fullQuery }), ...(header && { header }) },
    ...(body && { requestBody: { required: !body.safeParse({}).success, content: { 'application/json': { schema: body } } } }),
    responses: responsesOf(route),
  };
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
    .split(/[/-]/)
    .map((word) => word.replace(/^\{(.)(\w*)\}$/, (_, first: string, rest: string) => `By${first.toUpperCase()}${rest}`));
  return route.method + words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
}

function headersOf(route: Route): z.ZodObject | undefined {
  const fields: Record<string, z.ZodType> = {};
  if (route.isIdempotent === true) fields['Idempotency-Key'] = IDEMPOTENCY_KEY;
  if (route.isConditional === true) fields['If-Match'] = IF_MATCH;
  for (const name of route.tokens ?? []) fields[name] = TOKEN;
  return Object.keys(fields).length === 0 ? undefined : z.object(fields);
}

/** Refinements and transforms of a whole query stand in the way of its fields, so the object inside is what is shown. */
function queryOf(route: Route, query: z.ZodType | undefined): z.ZodObject | undefined {
  const inner = query instanceof z.ZodPipe ? query.in : query;
  const fields = inner instanceof z.ZodObject ? inner.shape : {};
  const dryRun = route.canDryRun === true ? { dryRun: z.enum(['true', 'false']).optional().meta({ description: 'Every check, nothing stored.' }) } : {};
  const shown = { ...fields, ...dryRun };
  return Object.keys(shown).length === 0 ? undefined : z.object(shown);
}

function responsesOf(route: Route): ZodOpenApiResponsesObject {
  const good = Object.entries(route.replies).map(
    ([status, { description, schema, contentType = 'application/json' }]) =>
      [status, { description, ...(schema && { content: { [contentType]: { schema } } }) }] as const,
  );
  const bad = Map.groupBy(codesOf(route), (code) => PROBLEMS[code].status);
  const refused = [...bad].map(
    ([status, codes]) =>
      [
        String(status),
        { description: codes.map((code) => `\`${code}\`: ${PROBLEMS[code].title}.`).join(' '), content: { 'application/problem+json': { schema: problem } } },
      ] as const,
  );
  return Object.fromEntries([...good, ...refused].toSorted(([a], [b]) => Number(a) - Number(b)));
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
