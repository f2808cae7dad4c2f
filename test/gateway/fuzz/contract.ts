// What the OpenAPI document itself says of an answer: its body by JSON Schema, and every header by name. Independent of the zod schemas it was made from.
import type { ValidateFunction } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import type { OpenApiDocument } from './operations.ts';

/** What HTTP itself says, whatever is answered. */
const OF_HTTP: ReadonlySet<string> = new Set(['connection', 'content-length', 'content-type', 'date', 'keep-alive', 'transfer-encoding', 'allow']);

type Response = { readonly headers?: object; readonly content?: Readonly<Record<string, { readonly schema?: object }>> };
type Paths = Readonly<Record<string, Readonly<Record<string, { readonly responses: Readonly<Record<string, Response>> }>>>>;
export type Answered = { readonly status: number; readonly type: string; readonly text: string; readonly headers: readonly string[] };

export class Contract {
  readonly #paths: Paths;
  readonly #onEveryAnswer: readonly string[];
  readonly #ajv = new Ajv2020({ strict: false, allErrors: true });
  readonly #validators = new Map<string, ValidateFunction>();

  constructor(document: OpenApiDocument) {
    this.#paths = document.paths as Paths;
    this.#onEveryAnswer = Object.keys(document['x-headers-of-every-answer']);
    formats.default(this.#ajv);
    this.#ajv.addSchema(document, 'openapi');
  }

  /** What the document does not know about an answer of an operation; `undefined`: it is all as announced. */
  complaintOf(method: string, path: string, { status, type, text, headers }: Answered): string | undefined {
    const response = this.#paths[path]?.[method]?.responses[String(status)];
    if (response === undefined) return `has a status that the document does not have: ${status}`;
    const announced = new Set([...this.#onEveryAnswer, ...Object.keys(response.headers ?? {})].map((name) => name.toLowerCase()));
    const unknown = headers.filter((name) => !OF_HTTP.has(name) && !announced.has(name));
    if (unknown.length > 0) return `has headers that the document does not have with ${status}: ${unknown.join(', ')}`;
    const [media] = type.split(';');
    if (text === '' || media === undefined || response.content?.[media]?.schema === undefined) return undefined;
    const validate = this.#validatorOf([path, method, 'responses', String(status), 'content', media, 'schema']);
    return validate(bodyOf({ type, text }))
      ? undefined
      : `is not of its JSON Schema: ${this.#ajv.errorsText(validate.errors).slice(0, 500)} ${text.slice(0, 500)}`;
  }

  #validatorOf(steps: readonly string[]): ValidateFunction {
    const pointer = ['paths', ...steps].map((step) => encodeURIComponent(step.replaceAll('~', '~0').replaceAll('/', '~1'))).join('/');
    const known = this.#validators.get(pointer);
    if (known !== undefined) return known;
    const made = this.#ajv.compile({ $ref: `openapi#/${pointer}` });
    this.#validators.set(pointer, made);
    return made;
  }
}

/** JSON as a value, anything else as its text. */
export function bodyOf({ type, text }: Pick<Answered, 'type' | 'text'>): unknown {
  return /^application\/(json|problem\+json)\b/.test(type) ? JSON.parse(text) : text;
}
