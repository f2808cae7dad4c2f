// Who is told what: by role, place and calendar, as everything else is allowed. Pure.
import type { Principal } from '../access/principal.ts';
import { may, mayAtAll, type Place } from '../access/rights.ts';
import { instant } from '../model/instant.ts';
import { NOTIFICATION_KINDS, type NotificationKind } from '../protocol/notifications.ts';
import { type Choices, type News, type NotifiedPerson, RIGHT_OF } from './notification.ts';

/** `place`: the first of the places that concerns them. */
export type Recipient = { readonly userId: string; readonly place: Place };

export function recipientsOf(
  { kind, places, by, isPersonal }: Pick<News, 'kind' | 'places' | 'by' | 'isPersonal'>,
  people: readonly NotifiedPerson[],
): readonly Recipient[] {
  return people.flatMap((person) => {
    if (isPersonal && person.staffId !== places[0].staffId) return [];
    if (person.userId === by || !isWanted(person.choices, kind)) return [];
    const principal = principalOf(person);
    const place = places.find((one) => may(principal, RIGHT_OF[kind], one));
    return place === undefined ? [] : [{ userId: person.userId, place }];
  });
}

/** Everything, unless they have switched it off. */
export function isWanted({ inApp }: Choices, kind: NotificationKind): boolean {
  return inApp?.[kind] ?? true;
}

/** What people of this role can be told of at all. */
export function kindsFor(principal: Principal | null): readonly NotificationKind[] {
  return NOTIFICATION_KINDS.filter((kind) => mayAtAll(principal, RIGHT_OF[kind]));
}

/** As `access/rights.ts` judges them; who they are says nothing there. */
function principalOf({ userId, role, staffId, locationId }: NotifiedPerson): Principal {
  return { ...{ userId, role, staffId, locationId }, name: '', email: '', customerId: null, sessionId: userId, expiresAt: instant(0) };
}
