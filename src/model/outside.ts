// The only way to call an address that a user has entered, such as a webhook or a calendar to import.

export type OutsideRequest = {
  /** https, or http where `allowsHttp` or for what is exempt. */
  readonly url: string;
  readonly method?: 'GET' | 'POST';
  /** Sent to the first address only, never to a redirect target. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly allowsHttp?: boolean;
  /** For everything together: its turn, names, connections, redirects and the last byte of the body. */
  readonly timeoutMilliseconds: number;
  /** Of the body as it is read, that is after it has been unpacked. */
  readonly mostBytes: number;
  /** A connection is there: from now on the request may have arrived. */
  readonly onConnected?: () => void;
  /** 0: an answer that points elsewhere is an answer like any other. Only GET is followed. */
  readonly mostRedirects: number;
};

export type OutsideAnswer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** Where it came from in the end. */
  readonly url: string;
};

/** Why there is no answer. The first six are about the address, which its owner can put right; nothing was sent to it then. */
export type OutsideRefusal =
  | 'not-an-address'
  | 'scheme-not-allowed'
  | 'credentials-in-address'
  | 'port-not-allowed'
  | 'not-public'
  | 'name-not-known'
  /** So many others were under way that its turn did not come in time; nothing was sent. */
  | 'busy'
  | 'too-many-redirects'
  | 'too-large'
  | 'too-slow'
  | 'unreachable';

export type Outside = {
  /** The other side may do whatever it likes, and all of it is a refusal; only a mistake of the caller is a failure, such as a header that cannot be one. */
  ask(request: OutsideRequest): Promise<OutsideAnswer | { readonly refusal: OutsideRefusal }>;
  /** Why an address would not be asked at the moment; `undefined`: it would. Sends nothing to it. */
  judge(question: Pick<OutsideRequest, 'url' | 'allowsHttp' | 'timeoutMilliseconds'>): Promise<OutsideRefusal | undefined>;
};
