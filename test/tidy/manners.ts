// What the code itself must not say: impure words in pure layers, loose types, unfinished business, names without a meaning.
import type { Source, SyntaxNode } from './sources.ts';

/** The world comes in through a port, so that a simulator can replace it. */
const WORLD = [
  'Date',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'crypto',
  'performance',
  'process',
  'console',
  'fetch',
  'globalThis',
  'structuredClone',
  'WeakRef',
];

/** Uses of clocks, timers, randomness and I/O. Meant for src/actors and src/model; the model may calculate with a `Date` that it is given the numbers of. */
export function impureWords(source: Source): readonly string[] {
  const words = source.nodes
    .filter((node) => node.type === 'Identifier' && WORLD.includes(String(node.name)) && isFree(node))
    .filter((node) => !(source.path.startsWith('src/model/') && isCalculation(node)))
    .map((node) => complain(source, node, `${node.name} comes in through a port`));
  const members = source.nodes
    .filter((node) => node.type === 'MemberExpression' && ['Math.random', 'Temporal.Now'].includes(source.text.slice(node.start, Number(node.end))))
    .map((node) => complain(source, node, `${source.text.slice(node.start, Number(node.end))} comes in through a port`));
  const imports = source.imports
    .filter(({ specifier }) => specifier.startsWith('node:'))
    .map(({ specifier, line }) => `${source.path}:${line}: ${specifier} comes in through a port`);
  return [...words, ...members, ...imports];
}

/** False for a property's name (`.process`, `{ process: … }`), which is only a word. */
function isFree(node: SyntaxNode): boolean {
  const { parent } = node;
  if (parent === undefined) return true;
  const isName = (key: 'property' | 'key') =>
    (parent[key] as SyntaxNode | undefined)?.start === node.start && parent.computed !== true && parent.shorthand !== true;
  if (parent.type === 'MemberExpression') return !isName('property');
  return (
    !(
      parent.type.endsWith('Property') ||
      parent.type.endsWith('PropertySignature') ||
      parent.type.endsWith('MethodSignature') ||
      parent.type === 'MethodDefinition'
    ) || !isName('key')
  );
}

/** `Date.UTC(…)` and `new Date(milliseconds)` read no clock. */
function isCalculation(node: SyntaxNode): boolean {
  const { parent } = node;
  if (node.name !== 'Date' || parent === undefined) return false;
  if (parent.type === 'MemberExpression') return (parent.property as { readonly name?: string }).name === 'UTC';
  return parent.type === 'NewExpression' && (parent.arguments as readonly unknown[]).length > 0;
}

/** Where a test may ask the machine for the time of day: all others ask there, so that a suite can be run as if it were another moment. */
const TESTS_CLOCK = 'test/support/clock.ts';

/** Tests that ask a clock themselves what time or day it is. How long something takes is measured with `performance.now()`. */
export function clocksInTests(source: Source): readonly string[] {
  if (!source.path.startsWith('test/') || source.path === TESTS_CLOCK) return [];
  return source.nodes.filter((node) => readsClock(node, source)).map((node) => complain(source, node, `the time of day comes from ${TESTS_CLOCK}`));
}

function readsClock(node: SyntaxNode, source: Source): boolean {
  if (node.type === 'MemberExpression') return ['Date.now', 'Temporal.Now'].includes(source.text.slice(node.start, Number(node.end)));
  const callee = node.callee as SyntaxNode | undefined;
  const isDate = callee?.type === 'Identifier' && callee.name === 'Date';
  return isDate && (node.type === 'CallExpression' || (node.type === 'NewExpression' && (node.arguments as readonly unknown[]).length === 0));
}

/** `any`, `!`, switched-off checks, what does not load without a build, and promises of assertions that nobody waits for. */
export function looseCode(source: Source): readonly string[] {
  const nodes = source.nodes.flatMap((node) => {
    const reason = looseness(node, source);
    return reason === undefined ? [] : [complain(source, node, reason)];
  });
  const comments = source.comments
    .filter(({ text }) => /@ts-(ignore|expect-error|nocheck)/.test(text))
    .map(({ line }) => `${source.path}:${line}: the type checker is switched off`);
  return [...nodes, ...comments];
}

function looseness(node: SyntaxNode, source: Source): string | undefined {
  if (node.type === 'TSAnyKeyword') return 'any';
  if (node.type === 'TSNonNullExpression') return 'a "!" instead of a reason';
  if (node.type === 'TSEnumDeclaration' || node.type === 'TSModuleDeclaration') return 'enums and namespaces do not load';
  if (node.type === 'TSInterfaceDeclaration' && !isAmbient(node)) return '"type" rather than "interface"';
  if (node.type === 'CallExpression' && /^assert\.(rejects|doesNotReject)\b/.test(source.text.slice(node.start, Number(node.end)))) {
    const waited = ['AwaitExpression', 'ReturnStatement', 'ArrowFunctionExpression', 'ArrayExpression'].includes(node.parent?.type ?? '');
    if (!waited) return 'nobody waits for this assertion';
  }
  return undefined;
}

/** Declarations that merge into somebody else's interface can be nothing but interfaces. */
function isAmbient(node: SyntaxNode): boolean {
  return node.parent !== undefined && (node.parent.type === 'TSModuleBlock' || node.parent.type === 'TSGlobalDeclaration' || isAmbient(node.parent));
}

/** Unfinished business, in comments of code. */
export function unfinishedBusiness(source: Source): readonly string[] {
  return source.comments
    .filter(({ text }) => /\b(TODO|FIXME|XXX|HACK)\b/.test(text))
    .map(({ line }) => `${source.path}:${line}: unfinished business does not go on main`);
}

const EMPTY_NAMES = ['utils', 'util', 'helpers', 'helper', 'common', 'lib', 'services', 'types', 'misc', 'shared'];

/** File and folder names that say nothing or are not kebab-case. */
export function badFileNames(files: readonly string[]): readonly string[] {
  return files.flatMap((file) => {
    const parts = file.split('/').map((part, index, all) => (index === all.length - 1 ? (part.split('.')[0] ?? part) : part));
    const empty = parts.filter((part) => EMPTY_NAMES.includes(part)).map((part) => `${file}: "${part}" has not been named yet`);
    const spelled = parts.filter((part) => !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(part)).map((part) => `${file}: "${part}" is not kebab-case`);
    const barrel = /(^|\/)index\.tsx?$/.test(file) ? [`${file}: a barrel hides where things live`] : [];
    return [...empty, ...spelled, ...barrel];
  });
}

/** Words of a library, which we do not rename. */
const BORROWED_NAMES = ['EntityManager'];

/** Classes and types whose names are nobody's word. */
export function badTypeNames(source: Source): readonly string[] {
  return source.nodes
    .filter((node) => ['ClassDeclaration', 'TSTypeAliasDeclaration'].includes(node.type))
    .filter((node) => !BORROWED_NAMES.includes(nameOf(node)))
    .filter((node) => /(Manager|Helper|Util|Utils|Data|Info)$/.test(nameOf(node)) || (node.type === 'ClassDeclaration' && /Service$/.test(nameOf(node))))
    .map((node) => complain(source, node, `${nameOf(node)} says nothing that its first word does not say`));
}

function nameOf(node: SyntaxNode): string {
  return (node.id as { readonly name?: string } | null)?.name ?? '';
}

function complain(source: Source, node: SyntaxNode, reason: string): string {
  return `${source.path}:${source.lineOf(node.start)}: ${reason}`;
}
