import { ago } from './ago.ts';
import { serverNow } from './api.ts';
import { viewerZone } from './zoned-dates.ts';

/** How long ago a moment is that the server wrote, for this viewer now. */
export function agoNow(at: string, words: Parameters<typeof ago>[3] = {}): string {
  return ago(Date.parse(at), serverNow(), viewerZone(), words);
}
