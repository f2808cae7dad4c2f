// What somebody logs in with, in words they know it by.

/** The first that is found counts: browsers claim to be each other, so the rarer name comes first. */
const BROWSERS: readonly (readonly [RegExp, string])[] = [
  [/\bEdg(?:e|A|iOS)?\//, 'Edge'],
  [/\b(?:OPR|Opera)\//, 'Opera'],
  [/\bSamsungBrowser\//, 'Samsung Internet'],
  [/\b(?:Firefox|FxiOS)\//, 'Firefox'],
  [/\b(?:Chrome|CriOS|Chromium)\//, 'Chrome'],
  [/\bSafari\//, 'Safari'],
];
const MACHINES: readonly (readonly [RegExp, string])[] = [
  [/\biPhone\b/, 'an iPhone'],
  [/\biPad\b/, 'an iPad'],
  [/\bAndroid\b/, 'Android'],
  [/\bWindows\b/, 'Windows'],
  [/\bMac OS X\b|\bMacintosh\b/, 'a Mac'],
  [/\bCrOS\b/, 'a Chromebook'],
  [/\bLinux\b/, 'Linux'],
];
/** What a program calls itself, such as `curl/8.5.0`. */
const PROGRAM = /^([A-Za-z][\w .-]{0,39}?)(?:\/|\s|$)/;
const UNKNOWN = 'an unknown device';
/** No `User-Agent` that means something is longer. */
const LONGEST_LOOKED_AT = 512;

/** `Firefox on Windows`, `Safari on an iPhone`, `curl`. It is what the device says of itself, so it proves nothing. */
export function deviceOf(userAgent: string | undefined): string {
  const text = userAgent?.slice(0, LONGEST_LOOKED_AT) ?? '';
  const machine = nameIn(MACHINES, text);
  if (text.startsWith('Mozilla/')) return machine === undefined ? UNKNOWN : `${nameIn(BROWSERS, text) ?? 'a browser'} on ${machine}`;
  return PROGRAM.exec(text)?.[1] ?? UNKNOWN;
}

function nameIn(names: typeof BROWSERS, text: string): string | undefined {
  return names.find(([pattern]) => pattern.test(text))?.[1];
}
