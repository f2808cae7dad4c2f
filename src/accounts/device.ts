// What a user logs in with, in words they know it by.
import Bowser from 'bowser';

/** Where people call it otherwise than its maker does. */
const BROWSERS: Readonly<Record<string, string>> = { 'Microsoft Edge': 'Edge', 'Samsung Internet for Android': 'Samsung Internet' };
const MACHINES: Readonly<Record<string, string>> = { macOS: 'a Mac', iOS: 'an iPhone or iPad', 'Chrome OS': 'a Chromebook' };
/** What a program calls itself, such as `curl/8.5.0`. */
const PROGRAM = /^([A-Za-z][\w .-]{0,39}?)(?:\/|\s|$)/;
const KNOWN = /^(?!Mozilla$)[A-Za-z][A-Za-z .-]{0,39}$/;
const UNKNOWN = 'an unknown device';
/** No `User-Agent` that means something is longer. */
const LONGEST_LOOKED_AT = 512;

/** `Firefox on Windows`, `Safari on an iPhone`, `curl`. It is what the device says of itself, so it proves nothing. */
export function deviceOf(userAgent: string | undefined): string {
  const text = userAgent?.slice(0, LONGEST_LOOKED_AT) ?? '';
  if (!text.startsWith('Mozilla/')) return PROGRAM.exec(text)?.[1] ?? UNKNOWN;
  const { browser, os, platform } = Bowser.parse(text);
  const system = os.name ?? '';
  if (system === '') return UNKNOWN;
  const machine = system === 'iOS' && platform.model ? `an ${platform.model}` : (MACHINES[system] ?? system);
  return `${nameOf(browser.name ?? '')} on ${machine}`;
}

/** Of a browser that it does not know the library returns what comes first, whatever that is. */
function nameOf(browser: string): string {
  return BROWSERS[browser] ?? (KNOWN.test(browser) ? browser : 'a browser');
}
