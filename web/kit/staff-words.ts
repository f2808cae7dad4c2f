// What the parts say that pages of staff and accounts share: in English, until a page that has other languages sets them.
import { signal } from '@preact/signals';
import { type Spoken, spokenOf, type Translated } from './sentences.ts';
import { EN } from './words/staff/en.ts';

export type StaffWords = Translated<typeof EN>;

export const staffWords = signal<Spoken<typeof EN>>(spokenOf<typeof EN>(EN));

export function setStaffWords(words: StaffWords): void {
  staffWords.value = spokenOf<typeof EN>(words);
}
