import { distance } from 'fastest-levenshtein';
import { z } from 'zod';
import type { FieldError } from '../model/field-error.ts';
import { PROBLEMS, type ProblemCode, type ProblemDraft, problemOf } from '../protocol/problems.ts';

type Issue = z.core.$ZodIssue;
/** More than these help nobody. */
const MOST_ERRORS = 20;
/** The longest of our own names has 22 characters. A longer one is no misspelt field, and may be a token in the wrong place: it is not repeated. */
const LONGEST_NAME = 30;
const UNREPEATED = '(a long name)';

/**
 * Turns what zod found wrong into one problem that names the fields. `schema` is what was read: with it, a name that it does not know is answered
 * with the nearest one that it does. `further` are names that are read elsewhere, such as `dryRun`.
 */
export function problemOfIssues(issues: readonly Issue[], schema?: z.ZodType, further: readonly string[] = []): ProblemDraft {
  const byPath = new Map<string, FieldError>();
  const found = issues.flatMap((issue) => (issue.code === 'unrecognized_keys' ? errorsOfUnknown(issue, schema, further) : errorsOf(issue)));
  // What is said of a field first is what it needs first; the rest may be in the consequence.
  for (const { path, message } of found) if (!byPath.has(path)) byPath.set(path, { path, message });
  const errors = [...byPath.values()].slice(0, MOST_ERRORS);
  return problemOf(codeOf(issues), { detail: errors.map((error) => `${error.path === '' ? 'The request' : error.path} ${error.message}`).join('; '), errors });
}

/** A schema may name a problem of its own in `params.problem`; it counts if nothing else is wrong. */
function codeOf(issues: readonly Issue[]): ProblemCode {
  const named = issues.map((issue) => (issue.code === 'custom' ? String(issue.params?.problem ?? '') : ''));
  const [first] = named;
  return first !== undefined && named.every((name) => name === first) && isProblemCode(first) ? first : 'invalid-request';
}

function isProblemCode(name: string): name is ProblemCode {
  return Object.hasOwn(PROBLEMS, name);
}

function errorsOf(issue: Issue): FieldError[] {
  const path = issue.path.map(String).join('.');
  if (issue.code === 'unrecognized_keys') return errorsOfUnknown(issue, undefined, []);
  if (issue.code === 'invalid_union') {
    // Every branch says why not. One of another kind altogether was not meant; of the others it is the one that got furthest.
    const ofItsKind = issue.errors.filter((branch) => !branch.some(({ code, path: at }) => code === 'invalid_type' && at.length === 0));
    const branches = (ofItsKind.length > 0 ? ofItsKind : issue.errors).map((branch) => branch.flatMap(errorsOf)).filter((branch) => branch.length > 0);
    const [nearest] = branches.toSorted((a, b) => (b[0]?.path.length ?? 0) - (a[0]?.path.length ?? 0));
    if (nearest !== undefined) return nearest.map((error) => ({ path: joined(path, error.path), message: error.message }));
  }
  return [{ path, message: messageOf(issue) }];
}

function errorsOfUnknown({ path, keys }: z.core.$ZodIssueUnrecognizedKeys, schema: z.ZodType | undefined, further: readonly string[]): FieldError[] {
  const known = schema === undefined ? [] : namesAt(schema, path);
  // A message can have ten thousand; to look for what each was meant to be would take longer than all else.
  return keys.slice(0, MOST_ERRORS).map((key) => {
    const nearest = nearestName(key, path.length === 0 ? [...known, ...further] : known);
    return {
      path: joined(path.map(String).join('.'), key.length > LONGEST_NAME ? UNREPEATED : key),
      message: nearest === undefined ? 'is not known' : `is not known; did you mean ${nearest}?`,
    };
  });
}

/** The fields that a schema knows at a path of what it reads. */
function namesAt(schema: z.core.$ZodType, [step, ...rest]: readonly PropertyKey[]): readonly string[] {
  if (schema instanceof z.ZodObject) {
    if (step === undefined) return Object.keys(schema.shape);
    const inner = schema.shape[String(step)];
    return inner === undefined ? [] : namesAt(inner, rest);
  }
  const path = step === undefined ? [] : [step, ...rest];
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable || schema instanceof z.ZodDefault) return namesAt(schema.def.innerType, path);
  if (schema instanceof z.ZodPipe) return namesAt(schema.def.in, path);
  if (schema instanceof z.ZodUnion) return schema.def.options.flatMap((option) => namesAt(option, path));
  if (schema instanceof z.ZodArray) return step === undefined ? [] : namesAt(schema.def.element, rest);
  if (schema instanceof z.ZodRecord) return step === undefined ? [] : namesAt(schema.def.valueType, rest);
  return [];
}

/** The known name that was probably meant: the same but for case and dashes, or one of which this is the beginning or the end, or a few letters away. */
function nearestName(key: string, known: readonly string[]): string | undefined {
  const plain = (name: string) => name.toLowerCase().replace(/[-_. ]/g, '');
  const asked = plain(key.slice(0, LONGEST_NAME));
  const ranked = known
    .map((name) => {
      const candidate = plain(name);
      const isPart = asked.length >= 3 && (candidate.startsWith(asked) || candidate.endsWith(asked) || (candidate.length >= 3 && asked.startsWith(candidate)));
      return { name, steps: candidate === asked ? 0 : isPart ? 1 : distance(asked, candidate) };
    })
    .toSorted((a, b) => a.steps - b.steps);
  const [best] = ranked;
  return best !== undefined && best.steps <= Math.max(asked.length > 3 ? 2 : 1, Math.floor(asked.length / 3)) ? best.name : undefined;
}

function joined(path: string, rest: string): string {
  if (path === '' || rest === '') return path + rest;
  return `${path}.${rest}`;
}

function messageOf(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      return issue.message.endsWith('received undefined') ? 'is missing' : `must be ${nameOf(issue.expected)}`;
    case 'too_small':
      return issue.origin === 'string'
        ? issue.minimum === 1
          ? 'must not be empty'
          : `must have at least ${issue.minimum} characters`
        : issue.origin === 'array'
          ? `must have at least ${issue.minimum} entries`
          : `must be at least ${issue.minimum}`;
    case 'too_big':
      return issue.origin === 'string'
        ? `must have at most ${issue.maximum} characters`
        : issue.origin === 'array'
          ? `must have at most ${issue.maximum} entries`
          : `must be at most ${issue.maximum}`;
    case 'invalid_value':
      return `must be ${issue.values.map(String).join(' or ')}`;
    case 'invalid_format':
      if (issue.format === 'email') return 'must be an e-mail address';
      return issue.message;
    default:
      return issue.message;
  }
}

const NAMES: { readonly [expected: string]: string } = {
  string: 'text',
  int: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  object: 'an object',
  array: 'a list',
  record: 'an object',
};

function nameOf(expected: string): string {
  return NAMES[expected] ?? expected;
}
