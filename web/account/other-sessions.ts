import { signal } from '@preact/signals';

/** Counts actions that also end all other sessions, so that the list of sessions is read again. */
export const othersEnded = signal(0);
