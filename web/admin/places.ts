// Where in the back office the reader is. Every place has an address, `/admin#tab/part/part`, so the back button and links work.
import { computed, signal } from '@preact/signals';
import type { User } from '../kit/session.ts';

const hash = signal(location.hash);

/** What a tab gets. `path` is what follows the tab in the address: `/admin#services/<id>` gives ['<id>']. */
export type TabProps = { readonly user: User; readonly path: readonly string[] };
export type Place = { readonly tab: string; readonly path: readonly string[] };
export const place = computed<Place>(() => {
  const [tab = '', ...path] = hash.value
    .replace(/^#/, '')
    .split('/')
    .filter((part) => part !== '')
    .map(decode);
  return { tab, path };
});

export function followAddress(): void {
  addEventListener('hashchange', () => {
    // The link that skips the menu leads to no other place.
    if (location.hash !== '#main') hash.value = location.hash;
  });
}

/** The address of a tab, or of something in it. */
export function hrefOf(tab: string, ...path: readonly string[]): string {
  return `#${[tab, ...path].map(encodeURIComponent).join('/')}`;
}

export function go(tab: string, ...path: readonly string[]): void {
  location.hash = hrefOf(tab, ...path);
}

/** What a person has typed into the address may be no encoding at all. */
function decode(part: string): string {
  return URL.canParse(`x:${part}`) && /^(?:[^%]|%[0-7][\da-f])*$/i.test(part) ? decodeURIComponent(part) : part;
}

const known = signal<readonly string[]>([]);

/** Which tabs the reader has, so that one can lead to another. */
export function nameTabs(ids: readonly string[]): void {
  known.value = ids;
}

export function hasTab(id: string): boolean {
  return known.value.includes(id);
}
