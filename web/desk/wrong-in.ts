// What is wrong with a field of the desk, in its language.
import type { Problem } from '../kit/api.ts';
import { wrongOf } from '../kit/field.tsx';
import { language } from '../kit/language.ts';
import { words } from './wording.ts';
import type { EN } from './words/en.ts';

/** What the server finds wrong with a field, it says in English, behind these. */
const SUBJECTS = {
  service: 'The service',
  length: 'The length',
  person: 'The person',
  name: 'The name',
  phone: 'The phone number',
  email: 'The e-mail address',
  note: 'The note',
  price: 'The price',
  priceType: 'It',
  seats: 'The number of seats',
  code: 'The code',
  reason: 'The reason',
  customer: 'The customer',
  tags: 'The list',
  amount: 'The amount',
} as const satisfies Record<keyof typeof EN.wrong, string>;

/** What is wrong with a field, as a sentence about it; in other languages than English, that it is to be checked. */
export function wrongIn(problem: Problem | undefined, path: string, what: keyof typeof SUBJECTS): string | undefined {
  const wrong = wrongOf(problem, path, SUBJECTS[what]);
  return wrong === undefined || language.value === 'en' ? wrong : words.value.wrong[what];
}
