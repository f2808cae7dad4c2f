import { telLink } from './telephone-link.ts';

/** A telephone number to read and to dial. `e164` is the number as the server understood it. */
export function Telephone({ typed, e164 }: { readonly typed: string; readonly e164?: string | undefined }) {
  const href = telLink(typed, e164);
  return href === undefined ? <span>{typed}</span> : <a href={href}>{typed}</a>;
}
