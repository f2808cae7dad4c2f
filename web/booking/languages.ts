// The languages of the booking page. English comes with the page; another language is loaded when it is wanted, and English readers load none.
import { batch, signal } from '@preact/signals';
import type { MessageLocale } from '../../src/protocol/messages.ts';
import { announce } from '../kit/announcing.tsx';
import { kitWords, language, problemWords } from '../kit/language.ts';
import { languageWanted, rememberLanguage } from '../kit/languages.tsx';
import { EN as KIT_EN, type KitWords } from '../kit/words/en.ts';
import type { ProblemWords } from '../kit/words/problem-words.ts';
import { EN, type Words } from './words/en.ts';

type Catalogue = { readonly words: Words; readonly kit: KitWords; readonly problems: ProblemWords | undefined };

const ENGLISH: Catalogue = { words: EN, kit: KIT_EN, problems: undefined };

export const words = signal<Words>(EN);

const LOADERS: Readonly<Record<MessageLocale, () => Promise<Catalogue>>> = {
  en: async () => ENGLISH,
  de: async () => {
    const [page, kit] = await Promise.all([import('./words/de.ts'), import('../kit/words/de.ts')]);
    return { words: page.DE, kit: kit.DE, problems: kit.PROBLEMS };
  },
  fr: async () => {
    const [page, kit] = await Promise.all([import('./words/fr.ts'), import('../kit/words/fr.ts')]);
    return { words: page.FR, kit: kit.FR, problems: kit.PROBLEMS };
  },
  es: async () => {
    const [page, kit] = await Promise.all([import('./words/es.ts'), import('../kit/words/es.ts')]);
    return { words: page.ES, kit: kit.ES, problems: kit.PROBLEMS };
  },
  pt: async () => {
    const [page, kit] = await Promise.all([import('./words/pt.ts'), import('../kit/words/pt.ts')]);
    return { words: page.PT, kit: kit.PT, problems: kit.PROBLEMS };
  },
};

/** False: it could not be loaded, and the page stays as it is. */
async function show(wanted: MessageLocale): Promise<boolean> {
  const loaded = await LOADERS[wanted]().catch(() => undefined);
  if (loaded === undefined) return false;
  batch(() => {
    language.value = wanted;
    words.value = loaded.words;
    kitWords.value = loaded.kit;
    problemWords.value = loaded.problems;
  });
  document.documentElement.lang = wanted;
  return true;
}

export async function openLanguage(): Promise<void> {
  if (!(await show(languageWanted()))) announce(words.value.page.languageNotLoaded);
}

export async function chooseLanguage(wanted: MessageLocale): Promise<void> {
  if (!(await show(wanted))) announce(words.value.page.languageNotLoaded);
  else rememberLanguage(wanted);
}
