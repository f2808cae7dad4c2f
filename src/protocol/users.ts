// Who may log in, on the wire, for those who manage accounts.
import { z } from 'zod';
import { GIVEN_ROLES, ROLES, USER_STATES } from '../model/roles.ts';
import { email, instantText, page, pageQuery, personName, uuid } from './scalars.ts';

const staffId = uuid.nullish().meta({ description: 'For the role staff, which needs it: the staff member whose calendar is theirs.' });
const locationId = uuid.nullish().meta({ description: 'For the front desk and managers: the location they are bound to. null is all of them.' });

/** GET /v1/users */
export const usersQuery = z.strictObject({
  role: z.enum(ROLES).optional().meta({ description: 'Customers are listed only when they are asked for.' }),
  locationId: uuid.optional().meta({ description: 'Accounts that are bound to this location.' }),
  ...pageQuery,
  cursor: uuid.optional(),
});
/** POST /v1/users */
export const newUserBody = z
  .strictObject({ id: uuid.optional(), email, name: personName, role: z.enum(GIVEN_ROLES), staffId, locationId })
  .meta({ id: 'NewUser' });
/** PATCH /v1/users/{id} */
export const userChangeBody = z
  .strictObject({ name: personName, role: z.enum(GIVEN_ROLES), staffId, locationId, disabled: z.boolean() })
  .partial()
  .meta({ id: 'UserChange' });

export const managedUser = z
  .object({
    id: uuid,
    email: z.string(),
    name: z.string(),
    role: z.enum(ROLES),
    staffId: uuid.nullable(),
    locationId: uuid.nullable(),
    state: z.enum(USER_STATES).meta({ description: 'invited: they have set no password yet.' }),
    createdAt: instantText,
    lastSeenAt: instantText.nullable().meta({ description: 'When tokens of theirs were last renewed: every quarter of an hour while they are there.' }),
    version: z.int(),
  })
  .meta({ id: 'ManagedUser' });
export type ManagedUserReply = z.output<typeof managedUser>;
export const managedUsers = page(managedUser);
