// The language of the notification centre: the visitor's own, on pages that are in English otherwise. English comes with the page; another one is loaded when it is wanted.
import { signal } from '@preact/signals';
import type { MessageLocale } from '../../src/protocol/messages.ts';
import { announce } from '../kit/announcing.tsx';
import { say, tagOf } from '../kit/language.ts';
import { languageWanted } from '../kit/languages.tsx';
import type { ProblemWords } from '../kit/words/problem-words.ts';
import { EN, type Words } from './words/en.ts';

/** `problems`: left out in English, which has a sentence for every problem. */
export type Voice = { readonly locale: MessageLocale; readonly words: Words; readonly problems?: ProblemWords };

export const ENGLISH: Voice = { locale: 'en', words: EN };
export const voice = signal<Voice>(ENGLISH);

const LOADERS: Readonly<Record<MessageLocale, () => Promise<Omit<Voice, 'locale'>>>> = {
  en: async () => ENGLISH,
  de: async () => {
    const [bell, kit] = await Promise.all([import('./words/de.ts'), import('../kit/words/de.ts')]);
    return { words: bell.DE, problems: kit.PROBLEMS };
  },
  fr: async () => {
    const [bell, kit] = await Promise.all([import('./words/fr.ts'), import('../kit/words/fr.ts')]);
    return { words: bell.FR, problems: kit.PROBLEMS };
  },
  es: async () => {
    const [bell, kit] = await Promise.all([import('./words/es.ts'), import('../kit/words/es.ts')]);
    return { words: bell.ES, problems: kit.PROBLEMS };
  },
  pt: async () => {
    const [bell, kit] = await Promise.all([import('./words/pt.ts'), import('../kit/words/pt.ts')]);
    return { words: bell.PT, problems: kit.PROBLEMS };
  },
};

/** As it was chosen on a page that has a choice, else the first of the visitor's languages that there is. */
export async function openVoice(): Promise<void> {
  const locale = languageWanted();
  const loaded = await LOADERS[locale]().catch(() => undefined);
  if (loaded === undefined) announce(voice.value.words.centre.notLoaded);
  else voice.value = { ...loaded, locale };
}

/** A sentence of the notification centre in its language. */
export function spoken(text: string, values: Readonly<Record<string, string | number>> = {}, { locale }: Voice = voice.value): string {
  return say(text, values, tagOf(locale));
}
