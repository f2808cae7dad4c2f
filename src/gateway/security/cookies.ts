// Cookies of ours: out of the reach of scripts and, over https, of neighbours.
import type { IncomingHttpHeaders } from 'node:http';

export type CookieKind = { readonly name: string; readonly path: string; readonly isSecure: boolean };
type Place = { readonly publicUrl: string };

export function isOverTls({ publicUrl }: Place): boolean {
  return publicUrl.startsWith('https:');
}

export function setCookie({ name, path, isSecure }: CookieKind, value: string, maxAgeSeconds: number): string {
  return `${name}=${value}; Path=${path}; Max-Age=${maxAgeSeconds}; HttpOnly; SameSite=Strict${isSecure ? '; Secure' : ''}`;
}

/** What a browser has sent under this name: several where one of them is not ours. */
export function valuesOf(header: IncomingHttpHeaders['cookie'], { name }: CookieKind): readonly string[] {
  return (header ?? '').split(';').flatMap((pair) => {
    const at = pair.indexOf('=');
    return at > 0 && pair.slice(0, at).trim() === name ? [pair.slice(at + 1).trim()] : [];
  });
}
