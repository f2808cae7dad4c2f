import type { z } from 'zod';
import type { FieldError } from '../../model/field-error.ts';
import { PROBLEMS, type ProblemCode, type ProblemDraft, problemOf } from '../../protocol/problems.ts';

type Issue = z.core.$ZodIssue;
/** More than these help nobody. */
const MOST_ERRORS = 20;

/** Turns what zod found wrong into one problem that names the fields. */
export function problemOfIssues(issues: readonly Issue[]): ProblemDraft {
  const byPath = new Map<string, FieldError>();
  // What is said of a field first is what it needs first; the rest may be in the consequence.
  for (const { path, message } of issues.flatMap(errorsOf)) if (!byPath.has(path)) byPath.set(path, { path, message });
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
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => ({ path: path === '' ? key : `${path}.${key}`, message: 'is not known' }));
  if (issue.code === 'invalid_union') {
    // Every branch says why not; the one that got furthest is the one that was meant.
    const branches = issue.errors.map((branch) => branch.flatMap(errorsOf)).filter((branch) => branch.length > 0);
    const [nearest] = branches.toSorted((a, b) => (b[0]?.path.length ?? 0) - (a[0]?.path.length ?? 0));
    if (nearest !== undefined) return nearest.map((error) => ({ path: joined(path, error.path), message: error.message }));
  }
  return [{ path, message: messageOf(issue) }];
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
