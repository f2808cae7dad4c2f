// The words of docs/glossary.md, compared with the names in the code.
import type { Source } from './sources.ts';

/** A word that must not be part of a name, in which folders, and the files and folders that still have it. The list only gets shorter. */
type Forbidden = { readonly word: RegExp; readonly rather: string; readonly within: readonly string[]; readonly still: readonly string[] };
const FORBIDDEN: readonly Forbidden[] = [
  { word: /errand/i, rather: 'forwarded command', within: ['src/', 'test/', 'chaos/'], still: [] },
  // pg-boss calls it so.
  { word: /letter(?!Spacing)/i, rather: 'message or e-mail', within: ['src/', 'web/'], still: ['src/persistence/jobs/boss-jobs.ts'] },
  { word: /knownRequest/i, rather: 'idempotency cache', within: ['src/'], still: [] },
  { word: /^answering$/i, rather: 'replies', within: ['src/'], still: [] },
  { word: /patience/i, rather: 'backoff, wait or timeout', within: ['src/', 'web/'], still: [] },
  { word: /^post$|Post$/, rather: 'mailer', within: ['src/mail/', 'src/messages/', 'src/integrations/'], still: [] },
  { word: /lane/i, rather: 'seat, for a place in a class', within: ['src/model/', 'web/'], still: ['src/model/', 'web/desk/'] },
  { word: /session/i, rather: 'sitting, for a class', within: ['src/model/', 'src/actors/calendar/'], still: [] },
];

/** Code names in the last column of the glossary's tables. */
export function namesInGlossary(document: string): readonly string[] {
  const cells = document.split('\n').flatMap((line) => (/^\| [^-]/.test(line) ? [line.split('|').at(-2) ?? ''] : []));
  return cells.flatMap((cell) => [...cell.matchAll(/`([\w-]+)`/g)].map(([, name]) => name ?? ''));
}

/** Names in the glossary that the code does not have. */
export function unknownNames(document: string, sources: readonly Source[]): readonly string[] {
  const known = new Set(sources.filter(({ path }) => /^(src|web)\//.test(path)).flatMap(identifiersOf));
  const names = namesInGlossary(document);
  if (names.length === 0) throw new Error('the glossary names nothing');
  return names.filter((name) => !known.has(name)).map((name) => `docs/glossary.md: the code has no ${name}`);
}

/** Names with a forbidden word, and entries of `still` that are not needed any more. */
export function forbiddenWords(sources: readonly Source[], rules: readonly Forbidden[] = FORBIDDEN): readonly string[] {
  return rules.flatMap(({ word, rather, within, still }) => {
    const found = sources.filter((source) => within.some((folder) => source.path.startsWith(folder))).flatMap((source) => offencesOf(source, word));
    const isExcused = (path: string) => still.some((place) => path.startsWith(place));
    return [
      ...found.filter(({ path }) => !isExcused(path)).map(({ path, name }) => `${path}: ${name} (rather: ${rather})`),
      ...still.filter((place) => !found.some(({ path }) => path.startsWith(place))).map((place) => `${place} has no ${word} left: take it off the list`),
    ];
  });
}

function offencesOf(source: Source, word: RegExp): readonly { readonly path: string; readonly name: string }[] {
  const file = source.path.split('/').at(-1)?.split('.')[0] ?? '';
  const names = [...new Set([...identifiersOf(source), file.replaceAll(/-(\w)/g, (_, mail: string) => mail.toUpperCase())])];
  return names.filter((name) => word.test(name)).map((name) => ({ path: source.path, name }));
}

function identifiersOf(source: Source): readonly string[] {
  return source.nodes.filter(({ type }) => type === 'Identifier' || type === 'PrivateIdentifier').map(({ name }) => String(name));
}
