// What can be done along with a service: each makes it longer, dearer, or both. Server and pages add up by the same rule.

/** As many as a customer looks through before choosing none. */
export const MOST_ADD_ONS = 20;

/** `priceMinor`: in the smallest unit of the service's currency, for each seat. `online`: customers may choose it themselves. */
export type AddOn = {
  readonly id: string;
  readonly name: string;
  readonly priceMinor: number;
  readonly durationMinutes: number;
  readonly online: boolean;
};
/** As it was agreed: later changes of the catalog leave it alone. */
export type AgreedAddOn = Omit<AddOn, 'online'>;

export function agreed({ id, name, priceMinor, durationMinutes }: AgreedAddOn): AgreedAddOn {
  return { id, name, priceMinor, durationMinutes };
}

/** Whether they are the same ones, whatever each was agreed for. */
export function isSameChoice(one: readonly Pick<AddOn, 'id'>[] = [], other: readonly Pick<AddOn, 'id'>[] = []): boolean {
  return one.length === other.length && one.every(({ id }) => other.some((same) => same.id === id));
}

/** What they come to together. */
export function sumOf(addOns: readonly Pick<AddOn, 'priceMinor' | 'durationMinutes'>[]): Pick<AddOn, 'priceMinor' | 'durationMinutes'> {
  return {
    priceMinor: addOns.reduce((sum, { priceMinor }) => sum + priceMinor, 0),
    durationMinutes: addOns.reduce((sum, { durationMinutes }) => sum + durationMinutes, 0),
  };
}
