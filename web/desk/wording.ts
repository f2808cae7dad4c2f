// The language of the desk. English comes with the page; another language is loaded when it is wanted, and English readers load none.
import { batch, signal } from '@preact/signals';
import type { MessageLocale } from '../../src/protocol/messages.ts';
import { openVoice } from '../bell/voice.ts';
import { announce } from '../kit/announcing.tsx';
import { kitWords, language, problemWords, say } from '../kit/language.ts';
import { languageWanted, rememberLanguage } from '../kit/languages.tsx';
import { EN as KIT_EN, type KitWords } from '../kit/words/en.ts';
import type { ProblemWords } from '../kit/words/problem-words.ts';
import { type DeskWords, EN } from './words/en.ts';
import type { Spoken } from './words/sentences.ts';

type Loaded = { readonly desk: DeskWords; readonly kit: KitWords; readonly problems: ProblemWords | undefined };

/** What the desk says, in its language. */
export const words = signal<Spoken<typeof EN>>(spokenOf(EN));

const LOADERS: Readonly<Record<MessageLocale, () => Promise<Loaded>>> = {
  en: async () => ({ desk: EN, kit: KIT_EN, problems: undefined }),
  de: async () => {
    const [desk, kit] = await Promise.all([import('./words/de.ts'), import('../kit/words/de.ts')]);
    return { desk: desk.DE, kit: kit.DE, problems: { ...kit.PROBLEMS, ...desk.PROBLEMS } };
  },
  fr: async () => {
    const [desk, kit] = await Promise.all([import('./words/fr.ts'), import('../kit/words/fr.ts')]);
    return { desk: desk.FR, kit: kit.FR, problems: { ...kit.PROBLEMS, ...desk.PROBLEMS } };
  },
  es: async () => {
    const [desk, kit] = await Promise.all([import('./words/es.ts'), import('../kit/words/es.ts')]);
    return { desk: desk.ES, kit: kit.ES, problems: { ...kit.PROBLEMS, ...desk.PROBLEMS } };
  },
  pt: async () => {
    const [desk, kit] = await Promise.all([import('./words/pt.ts'), import('../kit/words/pt.ts')]);
    return { desk: desk.PT, kit: kit.PT, problems: { ...kit.PROBLEMS, ...desk.PROBLEMS } };
  },
};

/** The bundle has sentences with values parsed already: see `web/vite.config.ts`. */
function spokenOf(catalogue: DeskWords): Spoken<typeof EN> {
  const spoken = (entry: unknown): unknown => {
    if (typeof entry === 'string' && !entry.includes('{')) return entry;
    if (typeof entry === 'string' || Array.isArray(entry)) return (values: Readonly<Record<string, string | number>>) => say(entry as string, values);
    return Object.fromEntries(Object.entries(entry as object).map(([key, inner]) => [key, spoken(inner)]));
  };
  return spoken(catalogue) as Spoken<typeof EN>;
}

/** False: it could not be loaded, and the page stays as it is. */
async function show(wanted: MessageLocale): Promise<boolean> {
  const loaded = await LOADERS[wanted]().catch(() => undefined);
  if (loaded === undefined) return false;
  batch(() => {
    language.value = wanted;
    words.value = spokenOf(loaded.desk);
    kitWords.value = loaded.kit;
    problemWords.value = loaded.problems;
  });
  document.documentElement.lang = wanted;
  return true;
}

export async function openLanguage(): Promise<void> {
  if (!(await show(languageWanted()))) announce(words.value.top.languageNotLoaded);
}

/** The notification centre follows. */
export async function chooseLanguage(wanted: MessageLocale): Promise<void> {
  if (!(await show(wanted))) {
    announce(words.value.top.languageNotLoaded);
    return;
  }
  rememberLanguage(wanted);
  await openVoice();
}
