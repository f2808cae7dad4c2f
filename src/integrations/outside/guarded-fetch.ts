import type { LookupAddress, LookupOptions } from 'node:dns';
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIPv6 } from 'node:net';
import type { Outside, OutsideAnswer, OutsideRefusal, OutsideRequest } from '../../model/outside.ts';
import { receive } from './bounded-answer.ts';
import { AT_ONCE, type AtOnce, FewAtOnce } from './few-at-once.ts';
import { hostOf, JUDGEMENT, type JudgedAddress, type Judgement, judge } from './judged-address.ts';
import { nameServers } from './name-servers.ts';

/** What a server says about a body of some hundred kilobytes fits four times. */
const MOST_HEADER_BYTES = 16 * 1024;
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/**
 * A way to ask addresses that users have typed in, which leads to public addresses only, and to those that are exempt. All that ask in a process share one,
 * so that few requests go out at once.
 */
export function guardedFetch(judgement: Partial<Judgement> = {}, atOnce: AtOnce = AT_ONCE): Outside {
  const rules: Judgement = { ...JUDGEMENT, resolve: judgement.resolve ?? nameServers(), ...judgement };
  const places = new FewAtOnce(atOnce);
  return {
    async ask(request) {
      const late = AbortSignal.timeout(request.timeoutMilliseconds);
      const answer = await inTurn(request.url, late, () => follow(request, rules, late));
      return typeof answer === 'string' ? { refusal: answer } : answer;
    },
    async judge({ url, allowsHttp = false, timeoutMilliseconds }) {
      const judged = await inTurn(url, AbortSignal.timeout(timeoutMilliseconds), () => judge(url, allowsHttp, rules));
      return typeof judged === 'string' ? judged : undefined;
    },
  };
  function inTurn<T>(text: string, late: AbortSignal, work: () => Promise<T>): Promise<T | OutsideRefusal> {
    const url = URL.parse(text);
    return url === null ? Promise.resolve('not-an-address') : places.run(hostOf(url), late, () => inTime(late, work()));
  }
}

/** A name server that does not answer is not waited for. */
function inTime<T>(late: AbortSignal, work: Promise<T>): Promise<T | 'too-slow'> {
  const tooLate = new Promise<'too-slow'>((resolve) => late.addEventListener('abort', () => resolve('too-slow'), { once: true }));
  return Promise.race([work, tooLate]);
}

/** Every hop is judged like the first one. */
async function follow(request: OutsideRequest, rules: Judgement, late: AbortSignal): Promise<OutsideAnswer | OutsideRefusal> {
  let next: OutsideRequest = request;
  for (let hops = 0; ; hops += 1) {
    const judged = await judge(next.url, next.allowsHttp ?? false, rules);
    if (typeof judged === 'string') return judged;
    if (late.aborted) return 'too-slow';
    const answer = await exchange(judged, next, late);
    if (typeof answer === 'string') return answer;
    const target = targetOf(answer, next);
    if (target === undefined) return answer;
    if (hops >= request.mostRedirects) return 'too-many-redirects';
    // A redirect never leads from https to http, not even to an exempt host.
    if (judged.url.protocol === 'https:' && URL.parse(target)?.protocol === 'http:') return 'scheme-not-allowed';
    const { headers: _, ...rest } = request;
    next = { ...rest, url: target };
  }
}

/** Where an answer points to, if it is to be followed. What is no address is found out when it is judged. */
function targetOf(answer: OutsideAnswer, { method = 'GET', mostRedirects }: OutsideRequest): string | undefined {
  const { location } = answer.headers;
  if (mostRedirects === 0 || method !== 'GET' || !REDIRECTS.has(answer.status) || location === undefined) return undefined;
  return URL.parse(location, answer.url)?.href ?? location;
}

/**
 * One request over a connection of its own, to the address that was judged and to no other: the name is not looked up again, so a name server that
 * changes its mind changes nothing. The certificate has to be the name's all the same.
 */
function exchange({ url, address, port }: JudgedAddress, request: OutsideRequest, late: AbortSignal): Promise<OutsideAnswer | OutsideRefusal> {
  const family = isIPv6(address) ? 6 : 4;
  const options = {
    method: request.method ?? 'GET',
    port,
    headers: {
      ...request.headers,
      Host: url.host,
      Connection: 'close',
      ...(request.body !== undefined && { 'Content-Length': Buffer.byteLength(request.body) }),
    },
    agent: false as const,
    maxHeaderSize: MOST_HEADER_BYTES,
    signal: late,
    lookup: (_name: string, asked: LookupOptions, found: (failure: null, address: string | LookupAddress[], family?: number) => void) =>
      asked.all === true ? found(null, [{ address, family }]) : found(null, address, family),
  };
  return new Promise((resolve) => {
    const send = url.protocol === 'https:' ? requestHttps : requestHttp;
    const sent = send(url, options, (response) => void receive(response, url.href, request.mostBytes).then(settle));
    const settle = (answer: OutsideAnswer | OutsideRefusal) => {
      sent.destroy();
      resolve(late.aborted ? 'too-slow' : answer);
    };
    sent.once('socket', (socket) => socket.once(url.protocol === 'https:' ? 'secureConnect' : 'connect', () => request.onConnected?.()));
    // Whatever the other side does wrong, there is no answer.
    sent.on('error', () => settle('unreachable'));
    sent.end(request.body);
  });
}
