// Catalogues of sentences whose keys and values are types: one that is missing does not compile, in a catalogue and where a sentence is said.
import { say } from './language.ts';

/** What stands first behind a brace: the name of a value; a branch of a plural has a space or `#` in it. */
type NameIn<Behind extends string> = Behind extends `${infer Inside}}${string}` ? (Inside extends `${infer Name},${string}` ? Name : Inside) : never;
type Named<Name extends string> = Name extends `${string} ${string}` | `${string}#${string}` | '' ? never : Name;
/** The names of the values in a sentence. */
type NamesIn<Sentence extends string> = Sentence extends `${string}{${infer Behind}` ? Named<NameIn<Behind>> | NamesIn<Behind> : never;

type Every<Union> = (Union extends string ? (one: Union) => void : never) extends (all: infer All) => void ? All : never;
/** A sentence in which these values stand. */
type With<Names extends string> = [Names] extends [never] ? string : Every<Names extends string ? `${string}{${Names}${string}` : never>;

/** The same keys in another language, each with the same values in it. */
export type Translated<Words> = { readonly [Key in keyof Words]: Words[Key] extends string ? With<NamesIn<Words[Key]>> : Translated<Words[Key]> };

type Said<Sentence extends string> = [NamesIn<Sentence>] extends [never]
  ? string
  : (values: { readonly [Name in NamesIn<Sentence>]: string | number }) => string;
/** The catalogue as code uses it: a sentence, or with its values a function that makes one. */
export type Spoken<Words> = { readonly [Key in keyof Words]: Words[Key] extends string ? Said<Words[Key]> : Spoken<Words[Key]> };

/** The bundle has sentences with values parsed already: see `web/vite.config.ts`. */
export function spokenOf<Words extends object>(catalogue: Translated<Words>): Spoken<Words> {
  const spoken = (entry: unknown): unknown => {
    if (typeof entry === 'string' && !entry.includes('{')) return entry;
    if (typeof entry === 'string' || Array.isArray(entry)) return (values: Readonly<Record<string, string | number>>) => say(entry as string, values);
    return Object.fromEntries(Object.entries(entry as object).map(([key, inner]) => [key, spoken(inner)]));
  };
  return spoken(catalogue) as Spoken<Words>;
}
