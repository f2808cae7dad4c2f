// ETag and If-Match (RFC 9110 §13). A version is a whole number that grows with every change.

import { isFailed, type Reply } from './reply.ts';

/** A strong tag: `"12"`. */
export function etagOf(version: number): string {
  return `"${version}"`;
}

const TAG = /^(W\/)?"([\x21\x23-\x7e\x80-\uffff]*)"$/;

/**
 * The versions that `If-Match` names, one of which has to be the present one. null: the header was not sent, or is `*`. Weak tags and tags that are no
 * version match nothing (RFC 9110 §13.1.1), so the list may be empty; `undefined`: it is no list of tags.
 */
export function expectedVersionsOf(ifMatch: string | null): readonly number[] | null | undefined {
  if (ifMatch === null || ifMatch.trim() === '*') return null;
  const tags = ifMatch.split(',').map((part) => TAG.exec(part.trim()));
  if (tags.includes(null)) return undefined;
  return tags.flatMap((tag) => (tag?.[1] === undefined && /^\d{1,15}$/.test(tag?.[2] ?? '') ? [Number(tag?.[2])] : []));
}

/** The same header for a part of what it is about, whose own versions are less by `rest`. Tags that were no versions stay as they are, and match nothing. */
export function lessBy(ifMatch: string | null, rest: number): string | null {
  const versions = expectedVersionsOf(ifMatch);
  return versions == null ? ifMatch : versions.map((version) => etagOf(version - rest)).join(', ') || '"none"';
}

/** What a part says about its own versions, told of the whole. */
export function moreBy<Body extends object>(reply: Reply<Body>, rest: number): Reply<Body> {
  const current = isFailed(reply) ? expectedVersionsOf(reply.problem.currentVersion ?? null)?.[0] : undefined;
  return current === undefined || !isFailed(reply) ? reply : { ...reply, problem: { ...reply.problem, currentVersion: etagOf(current + rest) } };
}

/** Whether `If-None-Match` names the tag that a resource has now, by weak comparison (RFC 9110 §13.1.2): the caller has it already. */
export function isKnownTag(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  return ifNoneMatch.trim() === '*' || ifNoneMatch.split(',').some((part) => part.trim().replace(/^W\//, '') === etag);
}
