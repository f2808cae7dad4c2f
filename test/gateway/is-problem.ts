import assert from 'node:assert/strict';
import { PROBLEMS, type Problem, type ProblemCode } from '../../src/protocol/problems.ts';
import type { Said } from '../support/test-server.ts';

/** Asserts a problem with its code, status and page, and that it names these fields and no others. */
export function isProblem({ status, body, headers, text }: Said<unknown>, code: ProblemCode, ...fields: readonly string[]): void {
  assert.equal(headers.get('content-type'), 'application/problem+json; charset=utf-8', text);
  const problem = body as Problem;
  assert.equal(problem.code, code, text);
  assert.equal(status, PROBLEMS[code].status, text);
  assert.equal(problem.type, `/problems/${code}`);
  assert.equal(problem.status, status);
  assert.equal(problem.requestId, headers.get('x-request-id'));
  if (fields.length > 0) assert.deepEqual((problem.errors ?? []).map((error) => error.path).sort(), [...fields].sort(), text);
}
