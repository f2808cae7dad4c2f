// What an app on a phone does with a secret.
import { TOTP } from 'otpauth';
import { CODE_STEP } from '../../src/accounts/one-time-codes.ts';

/** The code that the app shows at this moment, or so many steps before or after. */
export function shownCode(secret: string, at: number, steps = 0): string {
  return TOTP.generate({ secret: new TOTP({ secret }).secret, algorithm: 'SHA1', digits: 6, period: 30, timestamp: at + steps * CODE_STEP });
}

/** One that is wrong now and next to now. */
export function wrongCode(secret: string, at: number): string {
  const right = [-1, 0, 1].map((steps) => shownCode(secret, at, steps));
  return ['000000', '111111', '222222', '333333'].find((code) => !right.includes(code)) ?? '';
}
