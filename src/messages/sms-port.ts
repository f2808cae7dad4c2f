// How a text message leaves the house, and what comes back. `integrations/sms/` implements it.

/** One text to one number in E.164. `id`: the same message has the same one, however often it is asked for. */
type Sms = { readonly id: string; readonly to: string; readonly text: string };

/** A reason is one of our own words and perhaps numbers, never what a provider has said. */
export type SmsAnswer =
  | { readonly type: 'accepted'; readonly providerId: string | null }
  /** For good. `isOptedOut`: the provider knows that the recipient wants no messages. */
  | { readonly type: 'refused'; readonly reason: string; readonly isOptedOut?: boolean }
  /** Nothing was sent, and it may be tried again. */
  | { readonly type: 'not-now'; readonly reason: string }
  /** It may have been sent. */
  | { readonly type: 'unknown'; readonly reason: string };

/** A request of the provider, as it came: signatures are over these bytes. `url`: the address that the provider was given. */
export type SmsCallback = { readonly url: string; readonly headers: Readonly<Record<string, string | string[] | undefined>>; readonly body: Uint8Array };
/** What has become of a message. `reason`: as of an answer. */
export type SmsReport = {
  readonly messageId: string;
  readonly providerId: string | null;
  readonly state: 'on-its-way' | 'delivered' | 'undelivered';
  readonly reason: string;
};
/** A text that was sent to the business. `id` is the provider's. */
export type SmsReply = { readonly id: string; readonly from: string; readonly text: string };

export const SMS_PROVIDERS = ['twilio', 'http'] as const;
export type SmsProviderName = (typeof SMS_PROVIDERS)[number];

export type SmsProvider = {
  readonly name: SmsProviderName;
  /** It sends once under one id, so what may have been sent can be asked for again. */
  readonly isIdempotent: boolean;
  /** Recipients can answer: the sender is a number and not a name. */
  readonly takesReplies: boolean;
  /** Answers within `LONGEST_SEND_MS`, and never rejects because of the provider. */
  send(sms: Sms): Promise<SmsAnswer>;
  /** `not-signed`: it does not come from the provider. `null`: it says nothing that matters here. */
  readReport(callback: SmsCallback): SmsReport | null | 'not-signed';
  readReply(callback: SmsCallback): SmsReply | null | 'not-signed';
};
