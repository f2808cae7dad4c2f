// Logging in, on the wire.
import { z } from 'zod';
import { ROLES } from '../model/roles.ts';
import { SHORTEST_PASSWORD } from './password-rules.ts';
import { email, instantText, personName, uuid } from './scalars.ts';

/** What is longer is simply wrong at login, without a look. */
const MOST_PASSWORD_CHARACTERS = 200;
/** bcrypt reads no more. */
const MOST_PASSWORD_BYTES = 72;
const password = z.string().min(1).max(MOST_PASSWORD_CHARACTERS);
/** A password that is chosen. Whether it is guessable is for the accounts to say. */
const newPassword = z
  .string()
  .min(SHORTEST_PASSWORD)
  .max(MOST_PASSWORD_CHARACTERS)
  .refine((text) => text.isWellFormed(), 'must be valid Unicode: it contains half a surrogate pair')
  .refine((text) => new TextEncoder().encode(text.normalize('NFC')).length <= MOST_PASSWORD_BYTES, `must have at most ${MOST_PASSWORD_BYTES} bytes in UTF-8`)
  .meta({ description: 'At most 72 bytes, and not a common password: see docs/security.md.' });

/** Longer than any code, however it is spaced. */
const MOST_CODE_CHARACTERS = 64;
/** Of an app, or one that stands in for it. What no code looks like is simply wrong. */
const code = z
  .string()
  .min(1)
  .max(MOST_CODE_CHARACTERS)
  .meta({ description: 'The code from the app, or a recovery code. Spaces and dashes are ignored.', example: '123 456' });

/** POST /v1/auth/login */
export const loginBody = z
  .strictObject({
    email,
    password,
    code: code.optional(),
    deviceToken: z.string().min(1).max(300).optional().meta({
      description: 'The `deviceTicket` from an earlier login on this device. With it, wrong passwords tried elsewhere do not delay this login.',
    }),
  })
  .meta({ id: 'Login' });
/** POST /v1/auth/refresh and /logout: browsers send the cookie and no body. */
export const refreshBody = z.strictObject({ refreshToken: z.string().min(1).max(500).optional() }).meta({ id: 'Refresh' });

/** POST /v1/auth/register */
export const registerBody = z.strictObject({ email, name: personName, password: newPassword }).meta({ id: 'Registration' });
/** The token in a link of an e-mail. */
const linkToken = z.string().min(1).max(100);
/** POST /v1/auth/email/verify */
export const verifyBody = z
  .strictObject({
    token: linkToken,
    password: password.optional().meta({
      description: 'The password chosen at registration; a wrong one verifies nothing. It prevents verifying an account that someone else registered.',
    }),
  })
  .meta({ id: 'Verification' });
/** POST /v1/auth/password/forgot */
export const forgotBody = z.strictObject({ email }).meta({ id: 'PasswordForgotten' });
/** POST /v1/auth/password/reset */
export const resetBody = z.strictObject({ token: linkToken, password: newPassword }).meta({ id: 'PasswordReset' });
/** POST /v1/auth/password/change */
export const passwordChangeBody = z.strictObject({ oldPassword: password, newPassword }).meta({ id: 'PasswordChange' });

export const user = z
  .object({
    id: uuid,
    name: personName,
    email: z.string(),
    role: z.enum(ROLES),
    staffId: uuid.nullable(),
    customerId: uuid.nullable(),
    locationId: uuid.nullable(),
    secondFactor: z.boolean().meta({ description: 'Whether logging in requires a code as well as the password.' }),
  })
  .meta({ id: 'User' });
export const tokens = z
  .object({
    accessToken: z.string(),
    expiresInSeconds: z.int(),
    refreshToken: z.string().optional().meta({ description: 'Left out for browsers, who get it as a cookie that scripts cannot read.' }),
    deviceToken: z
      .string()
      .optional()
      .meta({ description: 'Sent only with a login, for the next login from this device; browsers get it as a cookie. It gives no access.' }),
    user,
  })
  .meta({ id: 'Tokens' });
export type TokensReply = z.output<typeof tokens>;

export const session = z
  .object({
    id: uuid,
    device: z.string().meta({ description: 'What the device calls itself.', example: 'Firefox on Windows' }),
    address: z.string().meta({ description: 'The network address it was last used from; empty if unknown.' }),
    createdAt: instantText.meta({ description: 'When the user logged in.' }),
    lastUsedAt: instantText.meta({ description: 'When its tokens were last renewed: every quarter of an hour while in use.' }),
    current: z.boolean().meta({ description: 'Whether it is the session of this request.' }),
  })
  .meta({ id: 'Session' });
/** GET /v1/auth/sessions */
export const sessions = z.object({ items: z.array(session) });

/** POST /v1/auth/step-up: one of the two. */
export const stepUpBody = z
  .strictObject({ password: password.optional().meta({ description: 'For an account without a second factor.' }), code: code.optional() })
  .refine((body) => (body.password === undefined) !== (body.code === undefined), 'must have either password or code')
  .meta({ id: 'StepUp' });
export const provenToken = z
  .object({
    accessToken: z.string(),
    expiresInSeconds: z.int(),
    provenForSeconds: z.int().meta({ description: 'How long the token has step-up rights; afterwards it is an ordinary access token.' }),
  })
  .meta({ id: 'ProvenToken' });

/** GET /v1/auth/totp */
export const secondFactorStatus = z.object({ isOn: z.boolean(), recoveryCodesLeft: z.int() }).meta({ id: 'SecondFactor' });
/** POST /v1/auth/totp */
export const secondFactorBody = z.strictObject({ password }).meta({ id: 'SecondFactorBeginning' });
export const secondFactorSetup = z
  .object({
    secret: z.string().meta({ description: 'In base32, for an app that cannot scan the QR code.', example: 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP' }),
    uri: z.string().meta({ description: 'For the QR code.', example: 'otpauth://totp/Salt%20%26%20Pine:ada%40example.org?…' }),
  })
  .meta({ id: 'SecondFactorSetup' });
/** POST /v1/auth/totp/confirm */
export const secondFactorCode = z.strictObject({ code }).meta({ id: 'SecondFactorCode' });
/** POST /v1/auth/totp/remove and /recovery-codes */
export const passwordAndCode = z.strictObject({ password, code }).meta({ id: 'PasswordAndCode' });
export const recoveryCodes = z
  .object({
    recoveryCodes: z.array(z.string()).meta({ description: 'Ten codes, each valid once. They are not shown again.', example: ['ABCD-EFGH-IJKL-MNOP'] }),
  })
  .meta({ id: 'RecoveryCodes' });
