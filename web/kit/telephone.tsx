import { telLink } from './telephone-link.ts';

/** A telephone number to read and to dial. `e164` is the number as the server understood it. */
export function Telephone({ typed, e164 }: { readonly typed: string; readonly e164?: string | undefined }) {
  const href = telLink(typed, e164);
  // From left to right in every page: where one is read from the right, the parts of a number would change places.
  return href === undefined ? (
    <span dir="ltr">{typed}</span>
  ) : (
    <a href={href} dir="ltr">
      {typed}
    </a>
  );
}
