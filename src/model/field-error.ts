/** What is wrong with one field; `path` is dotted, as in `customer.email`. */
export type FieldError = { readonly path: string; readonly message: string };

/** All of them in one sentence for people. */
export function inWords(errors: readonly FieldError[]): string {
  return errors.map(({ path, message }) => `${path}: ${message}`).join('; ');
}
