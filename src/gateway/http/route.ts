// A route: parse, ask, answer. What is said here about it is what `/openapi.json` says.
import type { IncomingHttpHeaders } from 'node:http';
import { z } from 'zod';
import type { Caller } from '../../access/caller.ts';
import type { Action } from '../../access/permissions.ts';
import type { Allowance } from '../../limits/rate-limits.ts';
import type { ProblemCode } from '../../protocol/problems.ts';
import { type Failed, failed, type Reply } from '../../protocol/reply.ts';
import { problemOfIssues } from '../problem-of-issues.ts';

export type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';

/** What the routes are about; `/docs` shows them in this order, each with its description. */
export const TAGS = {
  Slots: 'Free times, and why a time is not one.',
  Holds: 'A slot reserved for one holder for a few minutes.',
  Appointments: 'Booking, moving, cancelling, and what happens on the day.',
  Requests: 'What happened to a request whose reply was lost.',
  Catalog: 'What the business offers, for everyone.',
  Calendars: 'Claims, blocks and the change feed of one calendar.',
  'Calendars elsewhere': 'Feeds for calendar programs, and busy times from external calendars.',
  Locations: 'Where the business is, and its opening hours.',
  Services: 'What can be booked, how long it takes and what it costs.',
  Staff: 'Who works here, their working hours and time off.',
  Resources: 'Rooms and equipment that services need, their hours and time off.',
  Settings: 'Settings of the whole business.',
  'Logging in': 'Accounts, tokens, sessions and second factors.',
  Users: 'Who can log in, and their roles.',
  'API keys': 'Access for programs.',
  Webhooks: 'Programs that are told what happens.',
  'Account e-mails': 'E-mails about accounts, and their delivery.',
  Notifications: 'What people who work for the business are told in the app.',
  Customers: 'Who appointments are for: records, and how they are found.',
  Messages: 'What customers are told about their appointments.',
  Payments: 'What is paid for a hold or an appointment, what goes back, and the books.',
  Reports: 'How the business goes.',
  'Audit trail': 'Who changed what, and when.',
  System: 'What the server does later, and what has gone wrong.',
} as const;
type Tag = keyof typeof TAGS;

/** Where one gets a token or an account, an old token that is still sent along says nothing. */
export const BEFORE_THE_DOOR: ReadonlySet<string> = new Set([
  '/v1/auth/login',
  '/v1/auth/refresh',
  '/v1/auth/register',
  '/v1/auth/email/verify',
  '/v1/auth/password/forgot',
  '/v1/auth/password/reset',
]);

type RouteReply = { readonly description: string; readonly schema?: z.ZodType; readonly contentType?: string };

/** What a route says about itself. */
export type RouteFacts = {
  readonly method: Method;
  /** With `{name}` for parameters, as OpenAPI writes it; starts with `/v1/`. */
  readonly path: string;
  readonly tag: Tag;
  readonly summary: string;
  /** A caller without any right to this action is refused before anything is read; the operation decides about the rest. */
  readonly action: Action;
  /** What it counts for; default `read` for GET, `claim` for the rest. */
  readonly allowance?: Allowance;
  /** Takes `Idempotency-Key`. */
  readonly isIdempotent?: boolean;
  /** Answers with an `ETag`; a read takes `If-None-Match`. */
  readonly hasVersion?: boolean;
  /** Takes `If-Match`. */
  readonly isConditional?: boolean;
  /** Takes `?dryRun=true`. */
  readonly canDryRun?: boolean;
  /** The body is read as it came, in JSON or as a form: who sends it has signed its bytes. */
  readonly isSigned?: boolean;
  /** The body is a table: `text/csv`, read as it came. */
  readonly isTable?: boolean;
  /** Of the body, in bytes; 64 kB if left out. */
  readonly largestBody?: number;
  /** Takes `Hold-Token` or `Manage-Token`. */
  readonly tokens?: readonly ('Hold-Token' | 'Manage-Token')[];
  readonly replies: { readonly [status: number]: RouteReply };
  /** Problems of its own, besides those every route has. */
  readonly problems?: readonly ProblemCode[];
};

/** An HTTP request as a route sees it. */
export type RouteRequest<Params = unknown, Query = unknown, Body = unknown> = {
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
  readonly caller: Caller;
  readonly requestId: string;
  /** Path and query, as they came. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  /** Aborted when the caller has hung up. */
  readonly left: () => AbortSignal;
};

type RouteSchemas<Params extends z.ZodObject, Query extends z.ZodType, Body extends z.ZodType> = {
  readonly params?: Params;
  readonly query?: Query;
  readonly body?: Body;
};

/** What a request of a route counts for. */
export function allowanceOf({ allowance, method }: RouteFacts): Allowance {
  return allowance ?? (method === 'get' ? 'read' : 'claim');
}

/** `Parts`: what it is answered with. A route that needs less can stand where more is given. */
export type Route<Parts = never> = RouteFacts & {
  readonly schemas: { readonly params?: z.ZodObject; readonly query?: z.ZodType; readonly body?: z.ZodType };
  /** Parses and asks. Rejects only for what nobody foresaw. */
  readonly answer: (parts: Parts, request: RouteRequest) => Promise<Reply>;
};

type Definition<Parts, Params extends z.ZodObject, Query extends z.ZodType, Body extends z.ZodType> = RouteFacts &
  RouteSchemas<Params, Query, Body> & {
    readonly handle: (parts: Parts, request: RouteRequest<z.output<Params>, z.output<Query>, z.output<Body>>) => Promise<Reply> | Reply;
  };

/** The bytes of a body that is signed. */
export const signedBody = z
  .custom<Uint8Array>((body) => body instanceof Uint8Array, 'must be JSON or a form, with its Content-Type')
  .meta({ override: { type: 'object', additionalProperties: true } });

/** The bytes of a table. */
export const tableBody = z
  .custom<Uint8Array>((body) => body instanceof Uint8Array, 'must be a table, with Content-Type: text/csv')
  .meta({ override: { type: 'string' } });

/** Of a route that says nothing about its query or body: it has none. */
const NO_FIELDS = z.strictObject({});

/** Makes a route; `handle` gets what the schemas have read. What they do not know is refused by name, in the query as in the body. */
export function route<Parts, Params extends z.ZodObject, Query extends z.ZodType, Body extends z.ZodType>(
  definition: Definition<Parts, Params, Query, Body>,
): Route<Parts> {
  const { params, query, body, handle, ...facts } = definition;
  const schemas = { ...(params && { params }), ...(query && { query }), ...(body && { body }) };
  return {
    ...facts,
    schemas,
    answer: async (parts, request) => {
      const readParams = params?.safeParse(request.params);
      if (readParams?.success === false) return notAddressed(readParams.error);
      const readQuery = (query ?? NO_FIELDS).safeParse(request.query);
      if (!readQuery.success) return { problem: problemOfIssues(readQuery.error.issues, query, facts.canDryRun === true ? ['dryRun'] : []) };
      const readBody = (body ?? NO_FIELDS).safeParse(request.body ?? {});
      if (!readBody.success) return { problem: problemOfIssues(readBody.error.issues, body) };
      // Where there is no schema, the type says `unknown`.
      const read = { ...request, params: readParams?.data, query: readQuery.data, body: readBody.data } as RouteRequest<
        z.output<Params>,
        z.output<Query>,
        z.output<Body>
      >;
      return handle(parts, read);
    },
  };
}

/** An id that cannot be one is an address where nothing is. */
function notAddressed(error: z.ZodError): Failed {
  const { errors, ...problem } = problemOfIssues(error.issues);
  const isJunkId = error.issues.every((issue) => issue.code === 'invalid_format' && issue.format === 'guid');
  return isJunkId ? failed('not-found', { ...(errors && { errors }) }) : { problem: { ...problem, ...(errors && { errors }) } };
}
