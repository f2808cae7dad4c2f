// What is otherwise where one staff member does a service: some take longer, some cost more. Server and pages find it by the same rule.
import type { Money } from './money.ts';

/** What is left out is as with everybody else. `price`: for one seat, in the currency of the service. */
export type StaffTerms = { readonly staffId: string; readonly minutes?: number | undefined; readonly price?: Money | undefined };
/** `staffTerms` absent: a server of an earlier version has answered. */
type Offered = { readonly minutes: number; readonly price: Money; readonly staffTerms?: readonly StaffTerms[] | undefined };

/** The service with the length and the price of this person; the very service where nothing is otherwise with them, or no person is named. */
export function doneBy<Service extends Offered>(service: Service, staffId: string | undefined): Service {
  const own = staffId === undefined ? undefined : service.staffTerms?.find((terms) => terms.staffId === staffId);
  return own === undefined ? service : { ...service, minutes: own.minutes ?? service.minutes, price: own.price ?? service.price, staffTerms: [] };
}

type Range<Value> = { readonly least: Value; readonly most: Value };

/** From what to what it takes and costs, with any of these people; of none of them it is as the service says. */
export function rangesOf(service: Offered, staffIds: readonly string[]): { readonly minutes: Range<number>; readonly price: Range<Money> } {
  const all = staffIds.length === 0 || (service.staffTerms ?? []).length === 0 ? [service] : staffIds.map((staffId) => doneBy(service, staffId));
  const minutes = all.map((one) => one.minutes);
  const amounts = all.map(({ price }) => price.amount);
  const amount = (of: number): Money => ({ ...service.price, amount: of });
  return {
    minutes: { least: Math.min(...minutes), most: Math.max(...minutes) },
    price: { least: amount(Math.min(...amounts)), most: amount(Math.max(...amounts)) },
  };
}
