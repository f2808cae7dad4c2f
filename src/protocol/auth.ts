// Logging in, on the wire.
import { z } from 'zod';
import { ROLES } from '../model/roles.ts';
import { email, personName, uuid } from './scalars.ts';

/** bcrypt reads 72 bytes; what is longer is refused when a password is set, and simply wrong at login. */
const MOST_PASSWORD_CHARACTERS = 200;
/** Of a password that is set from now on; older ones stay good. */
export const SHORTEST_PASSWORD = 10;
export const password = z.string().min(1).max(MOST_PASSWORD_CHARACTERS);

/** POST /v1/auth/login */
export const loginBody = z.object({ email, password }).meta({ id: 'Login' });
/** POST /v1/auth/refresh and /logout: browsers send the cookie and no body. */
export const refreshBody = z.object({ refreshToken: z.string().min(1).max(500).optional() }).meta({ id: 'Refresh' });

export const user = z
  .object({
    id: uuid,
    name: personName,
    email: z.string(),
    role: z.enum(ROLES),
    staffId: uuid.nullable(),
    customerId: uuid.nullable(),
    locationId: uuid.nullable(),
  })
  .meta({ id: 'User' });
export type UserReply = z.output<typeof user>;
export const tokens = z
  .object({
    accessToken: z.string(),
    expiresInSeconds: z.int(),
    refreshToken: z.string().optional().meta({ description: 'Left out for browsers, who get it as a cookie that scripts cannot read.' }),
    user,
  })
  .meta({ id: 'Tokens' });
export type TokensReply = z.output<typeof tokens>;
