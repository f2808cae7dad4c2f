// What the documents promise about the code, and the code about the documents.
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Source } from './sources.ts';

type Text = { readonly path: string; readonly text: string };
export type Problems = Readonly<Record<string, { readonly status: number; readonly title: string }>>;

/** `docs/problems.md` has one `## code` a problem, followed by `Status NNN.`, and none that does not exist. */
export function problemGaps(problems: Problems, document: string): readonly string[] {
  const described = new Map([...document.matchAll(/^## ([a-z-]+)\n+Status (\d{3})\./gm)].map(([, code, status]) => [code ?? '', Number(status)]));
  const missing = Object.entries(problems)
    .filter(([code, { status }]) => described.get(code) !== status)
    .map(([code, { status }]) => `${code}: docs/problems.md does not describe it with status ${status}`);
  const invented = [...described.keys()].filter((code) => problems[code] === undefined).map((code) => `${code}: only docs/problems.md knows it`);
  return [...missing, ...invented];
}

/** Environment variables that a file reads: strings in capitals. */
export function variablesOf(source: Source): ReadonlySet<string> {
  const isVariable = (value: unknown): value is string => typeof value === 'string' && /^[A-Z][A-Z0-9]*(_[A-Z0-9]+)*$/.test(value) && value.length > 2;
  return new Set(source.nodes.flatMap((node) => (node.type === 'Literal' ? [node.value] : [])).filter(isVariable));
}

/** The variables named in the first column of a Markdown table. */
export function documentedVariables(document: string): ReadonlySet<string> {
  const cells = document.split('\n').flatMap((line) => /^\|([^|]+)\|/.exec(line)?.[1] ?? []);
  return new Set(cells.flatMap((cell) => [...cell.matchAll(/`([A-Z][A-Z0-9_]+)`/g)].map(([, name]) => name ?? '')));
}

/** The names in backticks that begin the rows of the table under a heading. */
export function namesInTable(document: string, heading: string): readonly string[] {
  const section = document.split(/^#+ /m).find((text) => text.startsWith(`${heading}\n`)) ?? '';
  return [...section.matchAll(/^\| `([^`]+)`/gm)].map(([, name]) => name ?? '');
}

/** What is on one side and not on the other. */
export function difference(here: ReadonlySet<string>, there: ReadonlySet<string>, complaint: string): readonly string[] {
  return [...here].filter((name) => !there.has(name)).map((name) => `${name}: ${complaint}`);
}

/** Links to files and headings of this project that lead nowhere. */
export function deadLinks(project: string, documents: readonly Text[]): readonly string[] {
  return documents.flatMap(({ path: from, text }) =>
    [...text.replaceAll(/```[\s\S]*?```/g, '').matchAll(/\]\(([^)\s]+)\)/g)]
      .map(([, link]) => link ?? '')
      .filter((link) => !/^[a-z]+:/.test(link) && !leadsSomewhere(project, from, text, link))
      .map((link) => `${from}: ${link} leads nowhere`),
  );
}

function leadsSomewhere(project: string, from: string, text: string, link: string): boolean {
  const [file, anchor] = link.split('#') as [string, string | undefined];
  const target = path.join(project, path.dirname(from), file);
  if (file !== '' && !existsSync(target)) return false;
  if (anchor === undefined) return true;
  const there = file === '' ? text : readFileSync(target, 'utf8');
  return [...there.matchAll(/^#+ (.+)$/gm)].some(([, heading]) => anchorOf(heading ?? '') === anchor);
}

/** As GitHub makes them. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');
}

/** Files named in backticks, such as `test/tidy.test.ts`, that are not there. */
export function missingFiles(project: string, documents: readonly Text[]): readonly string[] {
  return documents.flatMap(({ path: from, text }) =>
    [...text.matchAll(/`((?:src|web|test|bench|docs|chaos)\/[\w./-]+)`/g)]
      .map(([, file]) => file ?? '')
      .filter((file) => !existsSync(path.join(project, file)))
      .map((file) => `${from}: there is no ${file}`),
  );
}

/** Tests that a document names, as `file`, *name of the test*, and that are not in that file. */
export function missingTests(project: string, documents: readonly Text[]): readonly string[] {
  return documents.flatMap(({ path: from, text }) =>
    [...text.matchAll(/`(test\/[\w./-]+)`, \*([^*]+)\*/g)]
      .map(([, file = '', name = '']) => ({ file, name }))
      .filter(({ file, name }) => !existsSync(path.join(project, file)) || !readFileSync(path.join(project, file), 'utf8').includes(name))
      .map(({ file, name }) => `${from}: ${file} has no test "${name}"`),
  );
}

/** Paths that exist on one developer's machine only. */
export function machinePaths(documents: readonly Text[]): readonly string[] {
  return documents.flatMap(({ path: file, text }) =>
    text
      .split('\n')
      .flatMap((line, index) => (/(^|[\s"'`(=:])\/(work|root|home|Users|farm)\//.test(line) ? [`${file}:${index + 1}: a path of one machine`] : [])),
  );
}

/** Versions that are not exactly one version. */
export function looseVersions(dependencies: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(dependencies)
    .filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))
    .map(([name, version]) => `${name}: "${version}" is not one version`);
}
