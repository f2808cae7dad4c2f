import { EN, type Words } from './words/en.ts';

type Reasons = Words['whyNotSent'];

/** "the address was refused before (550 5.1.1)". What has no words here is shown as it is. */
export function whyNotSent(failure: string, words: Reasons = EN.whyNotSent): string {
  const [code = '', ...rest] = failure.split(' ');
  if (!isKnown(code, words)) return failure;
  const more = rest.join(' ').replace(/^\((.*)\)$/, '$1');
  return more === '' || code === 'over-budget' ? words[code] : `${words[code]} (${more})`;
}

function isKnown(code: string, words: Reasons): code is keyof Reasons {
  return Object.hasOwn(words, code);
}
