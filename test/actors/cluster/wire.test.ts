import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { VERSION } from '../../../src/actors/cluster/messages.ts';
import { listFiles, PROJECT, parseSource, type Source, type SyntaxNode } from '../../tidy/sources.ts';

/** By version, of what `declarationsFrom` finds. A version that was released is never changed: nodes of both may be on one Redis. */
const WIRES: Readonly<Record<number, string>> = { 4: '410f19e3a2980624' };
const MESSAGES = 'src/actors/cluster/messages.ts';
/** What is sent: to a node, sealed in a message to a node, to all, and on the channel of a calendar. */
const SENT = ['NodeMessage', 'ForwardedCommand', 'Announcement', 'CalendarChange'];

test('what nodes say to each other belongs to the version in their channels', () => {
  const sources = listFiles(['src/{actors,model}/**/*.ts']).map((file) => parseSource(file, readFileSync(path.join(PROJECT, file), 'utf8')));
  const declarations = declarationsFrom(sources, MESSAGES, SENT);
  assert.ok(declarations.length > 30, 'the types of the messages are read with all that they are made of');
  const found = createHash('sha256').update(declarations.join('\n')).digest('hex').slice(0, 16);
  assert.equal(found, WIRES[VERSION], `The messages of version ${VERSION} are others. If it was released, raise it; otherwise it is ${found} now.`);
});

test('a field more in a type that a message is made of is found, a comment is not', () => {
  const read = (text: string) =>
    declarationsFrom([parseSource('a.ts', `import type { B } from './b.ts';\nexport type A = { b: B };`), parseSource('b.ts', text)], 'a.ts', ['A']);
  const before = read('export type B = { one: string };');
  assert.equal(before.length, 2);
  assert.deepEqual(read('/** Says more. */\nexport type B = {\n  one: string;\n};'), before);
  assert.notDeepEqual(read('export type B = { one: string; two: string };'), before);
});

/** The texts of the declarations with these names and of all that they name, without comments, spaces and sentences, in the order in which they are met. */
function declarationsFrom(sources: readonly Source[], file: string, names: readonly string[]): readonly string[] {
  const met = new Map<string, string>();
  const meet = (from: string, name: string) => {
    const at = sources.find((one) => one.path === from);
    const declaration = at?.nodes.find((node) => isDeclaration(node, name));
    const origin = at === undefined ? undefined : importOf(at, name);
    if (declaration === undefined && origin !== undefined) return meet(origin, name);
    const key = `${from} ${name}`;
    if (at === undefined || declaration === undefined || met.has(key)) return;
    const end = Number(declaration.end);
    met.set(key, bare(at.text.slice(declaration.start, end)));
    for (const node of at.nodes) {
      if (node.type === 'Identifier' && node.start > declaration.start && node.start < end) meet(from, String(node.name));
    }
  };
  for (const name of names) meet(file, name);
  return [...met.values()];
}

function isDeclaration(node: SyntaxNode, name: string): boolean {
  const isType = ['TSTypeAliasDeclaration', 'TSInterfaceDeclaration'].includes(node.type);
  return (isType || node.type === 'VariableDeclarator') && (node.id as { readonly name?: string }).name === name;
}

/** The file from which a name is imported. */
function importOf({ path: file, nodes }: Source, name: string): string | undefined {
  const declaration = nodes.find((node) => node.type === 'ImportDeclaration' && namesOf(node).includes(name));
  return declaration === undefined ? undefined : path.posix.join(path.posix.dirname(file), String((declaration.source as { readonly value: string }).value));
}

function namesOf({ specifiers }: SyntaxNode): readonly string[] {
  return (specifiers as readonly { readonly local: { readonly name: string } }[]).map(({ local }) => local.name);
}

function bare(text: string): string {
  return text
    .replaceAll(/\/\*.*?\*\/|\/\/[^\n]*/gs, '')
    .replaceAll(/'[^'\n]* [^'\n]*'/g, "''")
    .replaceAll(/[\s;,]+/g, ' ')
    .replaceAll(/(?<=\W) | (?=\W)/g, '');
}
