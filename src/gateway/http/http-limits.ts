// Every limit of the HTTP server below the routes, with its reason. Who stays within them is a browser, a program or a balancer; the rest costs us memory.

export type HttpLimits = {
  readonly headerBytes: number;
  readonly headers: number;
  readonly headersMilliseconds: number;
  readonly requestMilliseconds: number;
  readonly exchangeMilliseconds: number;
  readonly keepAliveMilliseconds: number;
  readonly requestsPerConnection: number;
  readonly connections: number;
  readonly connectionsPerAddress: number;
  readonly checkMilliseconds: number;
  readonly lingerMilliseconds: number;
};

export const HTTP_LIMITS: HttpLimits = {
  /** Address and header together. A token, a cookie and what proxies add are 2 or 3 kB; more than this is answered by 431. */
  headerBytes: 16 * 1024,
  /** Browsers send about 20, proxies add a few. Node would leave out those above its own limit, an `Authorization` among them, so they are counted. */
  headers: 100,
  /** A header is one or two packets. A new connection that sends nothing is closed after this as well. */
  headersMilliseconds: 10_000,
  /** A body has at most 64 kB: half a minute is for a bad phone line. */
  requestMilliseconds: 30_000,
  /** From the header of a request to the last byte of its reply, for who reads slowly. The slowest answer takes ten seconds, a long poll of Engine.IO 25. */
  exchangeMilliseconds: 120_000,
  /** Longer than the minute for which balancers keep theirs, so that it is never this side that hangs up on a request that is on its way. */
  keepAliveMilliseconds: 65_000,
  /** A connection that is opened afresh now and then finds the node that has the least to do. */
  requestsPerConnection: 10_000,
  /** About 10 kB each while they are silent, 50 kB with a screen behind them. */
  connections: 10_000,
  /** An office behind one address has a few for each browser. Multiplied by `RATE_LIMIT_SCALE`; behind `TRUSTED_PROXIES` nothing is counted, for all come from those. */
  connectionsPerAddress: 1_000,
  /** How often the times above are looked at. */
  checkMilliseconds: 2_000,
  /** Who is sent away has this long to read why. */
  lingerMilliseconds: 1_000,
};
