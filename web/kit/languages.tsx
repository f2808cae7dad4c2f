// The languages that pages have, which of them a visitor wants, and the list to choose one from.
import type { MessageLocale } from '../../src/protocol/messages.ts';
import { isEmbedded } from './api.ts';
import { language } from './language.ts';
import { messageLocaleOf } from './money-and-time.ts';
import { browserStorage } from './tab-storage.ts';

/** In their own words: a reader looks for their language and knows no other. */
const LANGUAGES = { en: 'English', de: 'Deutsch', fr: 'Français', es: 'Español', pt: 'Português' } as const satisfies Record<MessageLocale, string>;
const STORAGE = 'slotkeeper-language-1';

/** As the address says, or as it was chosen last time, or the first of the visitor's languages that pages have. */
export function languageWanted(): MessageLocale {
  const named = [new URLSearchParams(location.search).get('lang'), isEmbedded ? null : browserStorage.getItem(STORAGE), ...navigator.languages];
  return messageLocaleOf(named.filter((tag) => tag !== null)) ?? 'en';
}

export function rememberLanguage(chosen: MessageLocale): void {
  if (!isEmbedded) browserStorage.setItem(STORAGE, chosen);
}

type PickerProps = { readonly label: string; readonly onChoose: (wanted: MessageLocale) => Promise<void> };

export function LanguagePicker({ label, onChoose }: PickerProps) {
  const choose = async (list: HTMLSelectElement) => {
    await onChoose(list.value as MessageLocale);
    // One that could not be loaded is not chosen.
    list.value = language.value;
  };
  return (
    <select class="language" aria-label={label} value={language.value} onChange={(event) => void choose(event.currentTarget)}>
      {Object.entries(LANGUAGES).map(([tag, name]) => (
        <option key={tag} value={tag} lang={tag}>
          {name}
        </option>
      ))}
    </select>
  );
}
