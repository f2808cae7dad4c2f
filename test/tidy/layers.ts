// Which layer may know which, as CONTRIBUTING.md says. Type imports count: a layer that needs another's types depends on it.
import path from 'node:path';
import type { Source } from './sources.ts';

/** What every feature may know. */
const BELOW = ['model', 'protocol', 'actors', 'consumers'];
/** Features, and which others each of them may know. The list has no circles; nor have the files: see `circles`. */
const FEATURES: Readonly<Record<string, readonly string[]>> = {
  // Who did what to what.
  audit: [],
  // Who asks, what they may do and what they are told.
  access: ['audit'],
  // How much may be asked.
  limits: ['access'],
  // What is offered.
  catalog: ['audit', 'access'],
  // Who appointments are for.
  customers: ['audit', 'access'],
  // What is held, booked, changed and read.
  booking: ['audit', 'access', 'limits', 'catalog', 'customers'],
  // What is paid, and what goes back.
  payments: ['audit', 'access', 'booking'],
  // Who may log in.
  accounts: ['audit', 'access'],
  // How the business goes: roll-ups and reports.
  insights: ['access', 'catalog'],
  // What is done later.
  jobs: [],
  // What e-mails say, and how they leave.
  mail: [],
  // What people of the business are told in the app.
  notifications: ['audit', 'access', 'limits', 'catalog', 'booking'],
  // What people are told about appointments.
  messages: ['audit', 'catalog', 'jobs', 'mail', 'calendars-in-and-out'],
  // Appointments in calendars elsewhere, and theirs here.
  'calendars-in-and-out': ['audit', 'access', 'catalog', 'booking'],
  // Programs elsewhere that are told what happens.
  webhooks: ['audit', 'access', 'booking'],
};
const ALL_FEATURES = Object.keys(FEATURES);

/** Folders that join everything, as the files directly in src/ do: they see all, and no layer sees them. */
const ABOVE: readonly string[] = ['settings', 'wiring'];

/** Folders of src/ that a layer may import, beside itself. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  model: [],
  protocol: ['model'],
  actors: ['model'],
  // What follows the change log.
  consumers: ['model', 'actors'],
  ...Object.fromEntries(Object.entries(FEATURES).map(([feature, others]) => [feature, [...BELOW, ...others]])),
  demo: ['model', 'protocol', 'actors', 'access', 'accounts', 'audit', 'catalog'],
  persistence: [...BELOW, ...ALL_FEATURES],
  integrations: [...BELOW, ...ALL_FEATURES],
  gateway: [...BELOW, ...ALL_FEATURES],
  web: ['model', 'protocol'],
};

/** Packages a layer may import; a layer that is not named here may import any but those of PACKAGES_OF. */
const MAY_USE: Readonly<Record<string, readonly string[]>> = { model: [], actors: [], protocol: ['zod', 'zod-openapi'] };
/** Packages that belong to one layer. */
const PACKAGES_OF: readonly { readonly layer: string; readonly packages: RegExp }[] = [
  { layer: 'persistence', packages: /^(@mikro-orm\/|@electric-sql\/|pg$|pg-boss$)/ },
  { layer: 'gateway', packages: /^(express|socket\.io|@socket\.io\/redis-adapter|helmet|cors|passport|passport-jwt)$/ },
  { layer: 'integrations', packages: /^(nodemailer|stripe|ioredis)$/ },
  { layer: 'web', packages: /^(preact|@preact\/|uqr$|socket\.io-client$)/ },
];

/** The layer a file belongs to; undefined for what stands above them: src/main.ts and its like, ABOVE, tests, benchmarks, chaos, the bundler's own files. */
export function layerOf(file: string): string | undefined {
  if (/^web\/(build|vite\.config)\.ts$/.test(file)) return undefined;
  if (file.startsWith('web/')) return 'web';
  const folder = /^src\/([^/]+)\//.exec(file)?.[1];
  return folder !== undefined && ABOVE.includes(folder) ? undefined : folder;
}

/** One sentence for every import that crosses a border. Throws when it has seen no import at all: then it proves nothing. */
export function brokenLayers(sources: readonly Source[]): readonly string[] {
  const complaints: string[] = [];
  let seen = 0;
  for (const source of sources) {
    const layer = layerOf(source.path);
    if (layer === undefined) continue;
    if (MAY_IMPORT[layer] === undefined) complaints.push(`${source.path}: ${layer} is not a layer of test/tidy/layers.ts`);
    for (const { specifier, line } of source.imports) {
      seen += 1;
      const reason = specifier.startsWith('.') ? forbiddenFile(source.path, layer, specifier) : forbiddenPackage(layer, specifier);
      if (reason !== undefined) complaints.push(`${source.path}:${line}: ${reason}`);
    }
  }
  if (seen === 0) throw new Error('no import was read, so nothing is known about the layers');
  return complaints;
}

function forbiddenFile(from: string, layer: string, specifier: string): string | undefined {
  const target = path.posix.join(path.posix.dirname(from), specifier);
  if (/\.(css|svg)$/.test(target)) return undefined;
  if (!/\.(ts|tsx)$/.test(target)) return `"${specifier}" has no extension`;
  const other = layerOf(target);
  if (other === layer || (other !== undefined && MAY_IMPORT[layer]?.includes(other))) return undefined;
  return `${layer} must not import ${target}`;
}

function forbiddenPackage(layer: string, specifier: string): string | undefined {
  const allowed = MAY_USE[layer];
  if (allowed !== undefined && !allowed.includes(specifier)) return `${layer} must not import ${specifier}`;
  const owner = PACKAGES_OF.find(({ packages }) => packages.test(specifier));
  return owner === undefined || owner.layer === layer ? undefined : `${specifier} belongs to ${owner.layer}`;
}

/** One sentence for every circle: of files of src/ and web/ that import each other, types included, and of features that the list lets know each other. */
export function circles(sources: readonly Source[], may: Readonly<Record<string, readonly string[]>> = MAY_IMPORT): readonly string[] {
  const files = new Map(
    sources
      .filter(({ path: file }) => /^(src|web)\//.test(file))
      .map(({ path: file, imports }) => [file, imports.map(({ specifier }) => path.posix.join(path.posix.dirname(file), specifier))]),
  );
  if (files.size === 0) throw new Error('no file was read, so nothing is known about circles');
  return [...circlesIn(files), ...circlesIn(new Map(Object.entries(may)))].map((circle) => `a circle: ${circle.join(', ')}`);
}

/** Sets of two and more that lead to each other (Tarjan). */
function circlesIn(leadsTo: ReadonlyMap<string, readonly string[]>): readonly (readonly string[])[] {
  const found: string[][] = [];
  const numbers = new Map<string, number>();
  const open: string[] = [];
  const visit = (name: string): number => {
    const number = numbers.size;
    numbers.set(name, number);
    open.push(name);
    let lowest = number;
    for (const next of leadsTo.get(name) ?? []) {
      if (next === name || !leadsTo.has(next)) continue;
      if (!numbers.has(next)) lowest = Math.min(lowest, visit(next));
      else if (open.includes(next)) lowest = Math.min(lowest, numbers.get(next) ?? number);
    }
    if (lowest < number) return lowest;
    const circle = open.splice(open.lastIndexOf(name));
    if (circle.length > 1) found.push(circle.sort());
    return lowest;
  };
  for (const name of leadsTo.keys()) if (!numbers.has(name)) visit(name);
  return found;
}

/** Packages that are imported and not in package.json, or only there for development. */
export function undeclaredPackages(sources: readonly Source[], dependencies: readonly string[], devDependencies: readonly string[]): readonly string[] {
  return sources.flatMap((source) => {
    const known = /^(test|bench|chaos)\//.test(source.path) ? [...dependencies, ...devDependencies] : dependencies;
    return source.imports
      .filter(({ specifier }) => !/^(\.|node:)/.test(specifier))
      .map(({ specifier, line }) => ({ name: specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/'), line }))
      .filter(({ name }) => !known.includes(name))
      .map(({ name, line }) => `${source.path}:${line}: ${name} is not in package.json${devDependencies.includes(name) ? ' outside devDependencies' : ''}`);
  });
}
