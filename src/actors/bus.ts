/**
 * How nodes talk to each other: short texts on named channels, which may be lost, late or duplicated. Correctness never
 * depends on them, only speed; a node that hears nothing asks the database. `integrations/redis/` has the real one.
 */
export type Bus = {
  /** False while there is no working connection. Subscriptions count only while this is true. */
  readonly isUp: boolean;
  /** The number of nodes it is sent to. Rejects with BusFailure when the bus is down or slow; it may still have been sent. Never waits for a reconnection, never sends twice. */
  publish(channel: string, text: string): Promise<number>;
  /** Resolves once later publications are received while the bus is up. Rejects with BusFailure; then the next reconnection subscribes. */
  subscribe(channels: readonly string[]): Promise<void>;
  unsubscribe(channels: readonly string[]): void;
  /** Sets the listener. Called once, before the first subscription. */
  listen(listener: BusListener): void;
};

export type BusListener = {
  onMessage(channel: string, text: string): void;
  /** Connected again with every subscription; what was published in between is lost. Also called for a late first connection; not for one that was there when the bus was opened. */
  onUp(): void;
  onDown(): void;
};

/** A message could not be sent, or it is unknown whether it was. */
export class BusFailure extends Error {
  override readonly name = 'BusFailure';
}
