// What the desk says, in its language: `languages.ts` sets it.
import { signal } from '@preact/signals';
import { type Spoken, spokenOf } from '../kit/sentences.ts';
import { EN } from './words/en.ts';

export const words = signal<Spoken<typeof EN>>(spokenOf<typeof EN>(EN));
