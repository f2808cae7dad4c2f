import { signal } from '@preact/signals';

/** Counts what ends all other sessions beside doing what it is for, so that the list of them is read again. */
export const othersEnded = signal(0);
