/**
 * How nodes talk to each other: short texts on named channels, that may get lost, come late or come twice. Nothing that has to be right
 * depends on them, only speed; a node that hears nothing asks the database. `integrations/redis/` has the real one.
 */
export type Bus = {
  /** False while there is no connection, or none that answers. What is subscribed to counts only while this is true. */
  readonly isUp: boolean;
  /** How many nodes are sent it. Rejects with BusFailure when the bus is away or slow; then it may have gone out all the same. Never waits for a reconnection, never sends twice. */
  publish(channel: string, text: string): Promise<number>;
  /** Resolves once nothing that is published from now on will be missed while the bus is up. Rejects with BusFailure, and then it is subscribed to at the next reconnection. */
  subscribe(channels: readonly string[]): Promise<void>;
  unsubscribe(channels: readonly string[]): void;
  /** Sets the listener. Called once, before the first subscription. */
  listen(listener: BusListener): void;
};

export type BusListener = {
  onMessage(channel: string, text: string): void;
  /** Connected again, and every subscription stands again; what was published in between is lost. Also called for a first connection that comes late; not for one that was there when the bus was opened. */
  onUp(): void;
  onDown(): void;
};

/** A message could not be handed over, or nobody knows whether it was. */
export class BusFailure extends Error {
  override readonly name = 'BusFailure';
}
