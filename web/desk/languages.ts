// The language of the desk. English comes with the page; another language is loaded when it is wanted, and English readers load none.
import { batch } from '@preact/signals';
import type { MessageLocale } from '../../src/protocol/messages.ts';
import { openVoice } from '../bell/voice.ts';
import { announce } from '../kit/announcing.tsx';
import { kitWords, language, problemWords } from '../kit/language.ts';
import { languageWanted, rememberLanguage } from '../kit/languages.tsx';
import { spokenOf } from '../kit/sentences.ts';
import { type StaffWords, setStaffWords } from '../kit/staff-words.ts';
import { EN as KIT_EN, type KitWords } from '../kit/words/en.ts';
import type { ProblemWords } from '../kit/words/problem-words.ts';
import { EN as STAFF_EN } from '../kit/words/staff/en.ts';
import { words } from './wording.ts';
import { type DeskWords, EN } from './words/en.ts';

type Loaded = { readonly desk: DeskWords; readonly kit: KitWords; readonly staff: StaffWords; readonly problems: ProblemWords | undefined };

const LOADERS: Readonly<Record<MessageLocale, () => Promise<Loaded>>> = {
  en: async () => ({ desk: EN, kit: KIT_EN, staff: STAFF_EN, problems: undefined }),
  de: async () => {
    const [desk, kit, staff] = await Promise.all([import('./words/de.ts'), import('../kit/words/de.ts'), import('../kit/words/staff/de.ts')]);
    return { desk: desk.DE, kit: kit.DE, staff: staff.DE, problems: { ...kit.PROBLEMS, ...desk.PROBLEMS } };
  },
  fr: async () => {
    const [desk, kit, staff] = await Promise.all([import('./words/fr.ts'), import('../kit/words/fr.ts'), import('../kit/words/staff/fr.ts')]);
    return { desk: desk.FR, kit: kit.FR, staff: staff.FR, problems: { ...kit.PROBLEMS, ...desk.PROBLEMS } };
  },
  es: async () => {
    const [desk, kit, staff] = await Promise.all([import('./words/es.ts'), import('../kit/words/es.ts'), import('../kit/words/staff/es.ts')]);
    return { desk: desk.ES, kit: kit.ES, staff: staff.ES, problems: { ...kit.PROBLEMS, ...desk.PROBLEMS } };
  },
  pt: async () => {
    const [desk, kit, staff] = await Promise.all([import('./words/pt.ts'), import('../kit/words/pt.ts'), import('../kit/words/staff/pt.ts')]);
    return { desk: desk.PT, kit: kit.PT, staff: staff.PT, problems: { ...kit.PROBLEMS, ...desk.PROBLEMS } };
  },
};

/** False: it could not be loaded, and the page stays as it is. */
async function show(wanted: MessageLocale): Promise<boolean> {
  const loaded = await LOADERS[wanted]().catch(() => undefined);
  if (loaded === undefined) return false;
  batch(() => {
    language.value = wanted;
    words.value = spokenOf<typeof EN>(loaded.desk);
    setStaffWords(loaded.staff);
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
