/** A `tel:` link. `undefined`: the input has an extension or words and would dial another number. */
export function telLink(typed: string, e164?: string): string | undefined {
  if (e164 !== undefined) return `tel:${e164}`;
  const plain = typed.replace(/^tel:/i, '');
  return /[^+\d()./ -]/.test(plain) ? undefined : `tel:${plain.replaceAll(/[^+\d]/g, '')}`;
}
